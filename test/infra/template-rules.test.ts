import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { synthesize } from './synthesize.ts';

interface ValidationReport {
  readonly pluginReports: readonly { readonly pluginName: string; readonly violations: readonly { readonly ruleName: string }[] }[];
}

describe('the template', () => {
  it('passes the rules of CloudFormation that come with the CDK', () => {
    const { app } = synthesize({ production: true, resultsBucket: true, customerManagedKey: true, api: { waf: true } }, { validate: true });
    const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as ValidationReport;
    expect(report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName))).toEqual([]);
  }, 120_000);
});
