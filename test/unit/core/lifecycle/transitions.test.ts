import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isTerminal, jobStates, terminalStates } from '../../../../core/lifecycle/states.ts';
import { teardownPath } from '../../../../core/lifecycle/teardown-path.ts';
import { isAllowed, isPath, transitions } from '../../../../core/lifecycle/transitions.ts';
import { lifecycleDiagram } from '../../../../core/lifecycle/diagram.ts';

describe('the lifecycle table', () => {
  it('reaches every state from PENDING', () => {
    const reached = new Set<string>(['PENDING']);
    for (let before = 0; before !== reached.size; ) {
      before = reached.size;
      for (const { from, to } of transitions) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].toSorted()).toEqual([...jobStates].toSorted());
  });

  it('has no arrow twice and none out of a terminal state', () => {
    const arrows = transitions.map(({ from, to }) => `${from}→${to}`);
    expect(new Set(arrows).size).toBe(arrows.length);
    expect(transitions.filter(({ from }) => isTerminal(from))).toEqual([]);
  });

  it('leads from every state that is not terminal to a terminal one', () => {
    for (const state of jobStates.filter((s) => !isTerminal(s))) {
      const seen = new Set<string>([state]);
      for (let before = 0; before !== seen.size; ) {
        before = seen.size;
        for (const { from, to } of transitions) if (seen.has(from)) seen.add(to);
      }
      expect(terminalStates.some((end) => seen.has(end))).toBe(true);
    }
  });

  it.each(jobStates)('tears down from %s along its arrows only', (state) => {
    const path = teardownPath(state);
    expect(isPath([state, ...path])).toBe(true);
    expect(path.length === 0 || path.at(-1) === 'DESTROYING').toBe(true);
  });

  it('knows what is not an arrow', () => {
    expect(isAllowed('PENDING', 'RUNNING')).toBe(false);
  });

  it('is the diagram of the documentation', () => {
    const page = readFileSync(new URL('../../../../docs/architecture.md', import.meta.url), 'utf8');
    expect(page).toContain(lifecycleDiagram());
  });
});
