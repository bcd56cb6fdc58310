import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** Whoever imports a dashboard says which data source this is. */
export const inputName = 'DS_CLOUDWATCH';

/** The data source of everything. */
export const cloudWatch: DataSourceRef = { type: 'cloudwatch', uid: `\${${inputName}}` };
