import type { Rule } from '../rule.ts';
import { capacityRules } from './capacity-rules.ts';
import { errorRules } from './error-rules.ts';
import { nodeRules, teardownRules } from './node-rules.ts';
import { lastRule, progressRules } from './progress-rules.ts';
import { stepRules } from './step-rules.ts';
import { stopRules } from './stop-rules.ts';
import { lastWaitingRule, waitingRules } from './waiting-rules.ts';

/** All rules. Of two that are as sure the earlier one is the diagnosis. */
export const rules: readonly Rule[] = [
  ...stopRules, ...nodeRules, ...waitingRules, ...capacityRules, ...stepRules, ...errorRules, ...teardownRules, lastWaitingRule, ...progressRules, lastRule,
];
