import type { CloudError, Diagnosis, Evidence, Finding, StepEnd } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable, printableLine } from './printable.ts';
import { properties } from './table.ts';
import { count, standing, time } from './words.ts';

/** Why a job is where it is or ended as it did: the cause first, what it rests on, and what can be done. */
export function diagnosisText(colours: Colours, diagnosis: Diagnosis): string {
  const { evidence, others, youCanDo, operatorCanDo } = diagnosis;
  const parts = [
    headline(colours, diagnosis),
    properties(colours, facts(colours, diagnosis)),
    section(colours, 'What the history says', evidence.events.map(({ number, at, message }) => `${colours.dim(`${time(at)} #${number}`)}  ${brief(message)}`)),
    section(colours, 'What the cloud said', evidence.cloud.map((error) => cloudText(colours, error))),
    section(colours, 'What the step wrote last', lastLines(colours, evidence)),
    section(colours, 'It may also be', others.map((other) => otherText(colours, other))),
    section(colours, 'What you can do', youCanDo.map(printable)),
    section(colours, 'What the operator can do', operatorCanDo.map(printable)),
    `${colours.dim(`Runbook: ${diagnosis.runbook}`)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** `DiskFull (certain)` in the colour of how it stands, and what happened. */
function headline(colours: Colours, { cause, certainty, bearing, sentence }: Diagnosis): string {
  const paint = { well: colours.green, waits: colours.cyan, failed: colours.red, stopped: colours.yellow }[bearing];
  return `${paint(colours.bold(cause))}${certainty === 'certain' ? '' : colours.dim(` (${certainty})`)}\n${printable(sentence)}\n`;
}

function facts(colours: Colours, { namespace, jobId, evidence }: Diagnosis): readonly (readonly [string, string | undefined])[] {
  const { attempt, reason, step, scheduler, earlier } = evidence;
  return [
    ['job', `${namespace}/${jobId}`],
    ['state', `${standing(colours, evidence)}${attempt === 1 ? '' : `, attempt ${attempt}`}`],
    ['reason', reason === undefined ? undefined : reason.code],
    ['step', step === undefined ? undefined : printable(stepText(step))],
    ['scheduler', scheduler === undefined ? undefined : printable(`job ${scheduler.id} ${scheduler.state}${scheduler.reason === undefined ? '' : ` (${scheduler.reason})`}, ${count(scheduler.restarts, 'restart')}`)],
    ['before', earlier.map(beforeText).join('; ')],
  ];
}

function stepText({ key, name, node, otherNodes, exitCode, signal }: StepEnd): string {
  const others = otherNodes === 0 ? '' : ` and ${count(otherNodes, 'other')}`;
  const code = exitCode === undefined ? '' : `, exit code ${exitCode}${signal === undefined ? '' : ` (${signal})`}`;
  return `${name} (${key})${node === undefined ? '' : ` on ${node}${others}`}${code}`;
}

function beforeText({ attempt, outcome, message }: Evidence['earlier'][number]): string {
  return printable(`attempt ${attempt} ${outcome ?? 'ended'}${message === undefined ? '' : `: ${message}`}`);
}

function lastLines(colours: Colours, { lines, linesNote }: Evidence): readonly string[] {
  const written = lines.map(({ message }) => `${colours.dim('|')} ${printableLine(message, colours.isColorSupported)}`);
  return linesNote === undefined ? written : [...written, colours.dim(printable(linesNote))];
}

/** A turn of forty launches, or the last words of a step, are read elsewhere. */
const MOST_CHARACTERS = 240;

function brief(message: string): string {
  const text = printable(message);
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}

function cloudText(colours: Colours, { code, message, requestId, places, calls }: CloudError): string {
  const said = message === undefined ? '' : `: ${message}`;
  const request = requestId === undefined ? '' : ` ${colours.dim(`(request ${requestId})`)}`;
  const where = places.map((place) => `\n    ${printable(place)}`).join('');
  return `${colours.yellow(printable(code))} from ${count(calls, 'call')}${printable(said)}${request}${where}`;
}

const otherText = (colours: Colours, { cause, certainty, sentence }: Finding): string => `${cause} ${colours.dim(`(${certainty})`)}: ${printable(sentence)}`;

function section(colours: Colours, title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${colours.dim(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
