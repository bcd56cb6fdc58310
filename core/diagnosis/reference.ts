import type { CauseText } from './cause.ts';
import { causeGroups } from './causes/causes.ts';

/** The page of all causes as a Markdown document. */
export function diagnosisReference(): string {
  return [
    '# Why a job is where it is',
    '',
    '<!-- Written by `npm run docs` from core/diagnosis; change it there. -->',
    '',
    '`orch why JOB` (`GET …/jobs/{id}/diagnosis`) says in one answer what ended a job or what holds it: one cause out of the list below, what',
    'it rests on, what you can do, what the operator can do, and the section of the [runbook](runbook/README.md) for it. It can be asked',
    'of any job at any time. Nothing is remembered for it: the job’s record, the last 200 entries of its history, its launches, what',
    '[`explain`](scheduling.md#why-a-job-waits) knows and the last lines of the step that failed (20 lines and 4 KiB at most) are read when it is asked,',
    'and the rules in `core/diagnosis` look at them.',
    '',
    'How sure it is, is said with it: `certain`; `likely`, where signs fit that have other explanations too (an exit code of 137 is mostly a',
    'lack of memory); `possible`. What else fits stands under *It may also be*. A cause that shows what came of a step is told by its exit code,',
    'by what Slurm says of it, and by the words that programs use; a program that words it otherwise is told by its exit code alone.',
    '',
    '`bearing` says in one word how the job stands: `well`, `waits`, `failed`, `stopped`. A job that has given up waiting has `failed`,',
    'by the cause that it waited for.',
    '',
    'What is said of each kind of failure is [drilled](drill.md): `npm run drill` brings them about, and looks.',
    '',
    ...causeGroups.flatMap(({ title, causes }) => section(title, causes)),
  ].join('\n');
}

function section(title: string, causes: Readonly<Record<string, CauseText>>): readonly string[] {
  return [`## ${title}`, '', '| cause | means | you can | the operator can |', '|---|---|---|---|', ...Object.entries(causes).map(row), ''];
}

/** `docs/runbook/jobs.md#x` as this page, which is in `docs`, links to it. */
const link = (runbook: string): string => runbook.replace(/^docs\//, '');

function row([code, { means, youCanDo, operatorCanDo, runbook }]: readonly [string, CauseText]): string {
  return `| [\`${code}\`](${link(runbook)}) | ${cell([means])} | ${cell(youCanDo)} | ${cell(operatorCanDo)} |`;
}

const cell = (texts: readonly string[]): string => texts.map((text) => text.replaceAll('|', String.raw`\|`).replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())).join('<br>');
