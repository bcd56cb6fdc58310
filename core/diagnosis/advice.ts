import type { CauseText } from './cause.ts';
import type { Facts } from './facts.ts';

/** Words that a shell takes as they stand. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A value as one word of a shell's: names of steps are any text. */
const quoted = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

/** What there is to do, with the names of this job. What `explain` hints at comes first. */
export function adviceOf({ youCanDo, operatorCanDo }: CauseText, facts: Facts): { readonly youCanDo: readonly string[]; readonly operatorCanDo: readonly string[] } {
  const { job, failed, holding, isDecided } = facts;
  const names: Readonly<Record<string, string | undefined>> = { job: `${job.namespace}/${job.jobId}`, step: failed?.name, node: failed?.node };
  const hints = isDecided ? [] : (holding?.hints ?? []);
  return { youCanDo: [...new Set([...hints, ...filled(youCanDo, names)])], operatorCanDo: filled(operatorCanDo, names) };
}

function filled(texts: readonly string[], names: Readonly<Record<string, string | undefined>>): readonly string[] {
  return texts.flatMap((text) => {
    const isKnown = [...text.matchAll(/\{(\w+)\}/g)].every(([, name = '']) => names[name] !== undefined);
    return isKnown ? [text.replaceAll(/\{(\w+)\}/g, (_, name: string) => quoted(names[name] ?? ''))] : [];
  });
}
