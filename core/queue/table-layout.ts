/**
 * The table as it is made: the construct that deploys it and the tests that create it read the same words. All keys
 * are strings. `jobs` lists the jobs of a namespace, newest first; `active` is sparse and holds only attempts whose
 * machines may exist: its partition key is the job's id, so that it spreads, and the reconciler scans it whole. Where a
 * key of the table serves as an index's key it is named again, not copied. `jobs` holds keys only: it is then written
 * once a job, not with each of its changes, and what a listing shows is read from the jobs themselves.
 */
export const tableLayout = {
  partitionKey: 'pk',
  sortKey: 'sk',
  indexes: {
    jobs: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'pk', projection: 'KEYS_ONLY' },
    active: { name: 'gsi2', partitionKey: 'gsi2pk', sortKey: 'sk', projection: 'ALL' },
  },
  /** Seconds since the epoch; DynamoDB may take days to remove an item after it, so readers check it too. */
  ttlAttribute: 'expiresAt',
  stream: 'NEW_IMAGE',
} as const;
