import { terminalStates } from './states.ts';
import { transitions } from './transitions.ts';

/** The lifecycle as a Mermaid state diagram: what docs/architecture.md shows. */
export function lifecycleDiagram(): string {
  const arrows = transitions.map(({ from, to, because }) => `    ${from} --> ${to}: ${because.replaceAll(';', ',')}`);
  const ends = terminalStates.map((state) => `    ${state} --> [*]`);
  return ['stateDiagram-v2', '    [*] --> PENDING: submitted', ...arrows, ...ends].join('\n');
}
