import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { stepDocumentContent } from './step-document-content.ts';

/**
 * The SSM document that runs a step. A new release is a new version of the same document, so that commands under way
 * are not disturbed.
 *
 * @param sourceRoot folder that has `nodes/`.
 */
export function stepDocument(scope: Construct, id: string, sourceRoot: string): CfnDocument {
  return new CfnDocument(scope, id, {
    documentType: 'Command',
    documentFormat: 'JSON',
    targetType: '/AWS::EC2::Instance',
    updateMethod: 'NewVersion',
    content: stepDocumentContent((file) => readFileSync(join(sourceRoot, 'nodes', file), 'utf8')),
  });
}
