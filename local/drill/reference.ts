import { causes } from '../../core/diagnosis/causes/causes.ts';
import { failureGroups } from './catalogue.ts';
import type { Failure, Failures } from './failure.ts';
import { evidenceWords } from './verdict.ts';

/** The page of all failures as a Markdown document. */
export function drillReference(): string {
  return [
    '# The failure drill',
    '',
    '<!-- Written by `npm run docs` from local/drill; change it there. -->',
    '',
    '`npm run drill` brings about every failure of this page in a local cloud of its own, and looks at what is said of each: whether',
    '[`orch why`](diagnosis.md) names the cause, with what it rests on; whether the [trace](trace.md) has the span marked that failed, with all',
    'above it; and whether the alarm rings that has to. What is injected is real where it can be: programs fail on real processes, IAM denies,',
    'the simulated EC2 answers with the codes that EC2 has. All at once, since what goes wrong for one job is none of the others’ business; what',
    'stops a part that all need comes after them. It ends with the same table, as it was found, and with exit code 1 where something is not told',
    'as this page says. `--only` picks failures, `--json` is for programs. `npm test` runs all of them too.',
    '',
    'Alarms are of the deployment, not of a job: where two failures have the same one, as `LaunchesRefused` here, it is not known for which of',
    'them it rings. `--only` tells. All alarms are looked at whenever a failure has been judged, of the last one at the end: one that rings then,',
    'and that none of the failures has to ring, is a false one, and the drill ends with its name and exit code 1 (`local/drill/false-alarms.ts`',
    'has the few that may, and why). One that has cleared by the next look, or that rings only after longer than a drill, is not seen.',
    '',
    ...failureGroups.flatMap(({ title, failures }) => section(title, failures)),
  ].join('\n');
}

function section(title: string, failures: Failures): readonly string[] {
  return [
    `## ${title}`, '', '| failure | how it is brought about | `orch why` says | evidence | failed span | alarm |', '|---|---|---|---|---|---|',
    ...Object.entries(failures).map(row), '',
  ];
}

function row([name, { how, cause, evidence, span, alarm }]: readonly [string, Failure]): string {
  const runbook = causes[cause].runbook.replace(/^docs\//, '');
  const marked = span === undefined ? '' : span.subject === 'step' ? `step ${span.name}` : span.name;
  return `| ${[name, how, `[\`${cause}\`](${runbook})`, evidenceWords(evidence), marked, alarm?.id ?? ''].map((text) => text.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}
