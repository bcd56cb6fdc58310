import { Entity, item, number, string } from 'dynamodb-toolbox';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { AskedScores } from '../knowledge/placement-score-memory.ts';
import { as, bare, type ToolboxTable } from './toolbox-table.ts';

/** What was asked about the market, and how much may still be asked today. */
export function knowledgeEntities(table: ToolboxTable) {
  const at = { pk: string().key(), sk: string().key() };
  return {
    placementScores: new Entity({
      ...bare, name: 'placementScores', table,
      schema: item({ ...at, askedAtMs: as<EpochMs>(), answer: as<NonNullable<AskedScores['answer']>>().optional(), expiresAt: number() }),
    }),
    newQuestions: new Entity({
      ...bare, name: 'newQuestions', table,
      schema: item({ ...at, asked: number(), expiresAt: number() }),
    }),
  };
}
