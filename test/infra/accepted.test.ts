import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { constructs } from './synthesize.ts';

interface ValidationReport {
  readonly pluginReports: readonly { readonly pluginName: string; readonly violations: readonly { readonly ruleName: string }[] }[];
}

// The first file of its folder, by its name: the rules are WebAssembly, and whenever its memory grows, the collector of
// garbage walks through all that the files before have left. Behind the others it took five times as long.
describe('the template', () => {
  it('passes the rules of CloudFormation that come with the CDK', () => {
    const { app } = constructs({
      production: true, resultsBucket: true, customerManagedKey: true, api: { waf: true },
      slurm: { images: { versions: { '23.02.7': { sha256: 'a'.repeat(64) } }, schedule: 'cron(0 4 ? * sun *)' } },
    }, { validate: true });
    app.synth();
    const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as ValidationReport;
    expect(report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName))).toEqual([]);
  }, 120_000);
});
