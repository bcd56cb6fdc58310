import type { Deployment } from '../deployment/deployment.ts';
import { metricNamespace } from '../metrics/catalogue.ts';

/** What nodes do with the telemetry of hooks and jobs, and with their own; `nodes/telemetry` reads it. */
export interface NodeCollector {
  /** Which nodes have a collector. */
  readonly on: 'all' | 'head';
  /** Base URL of the OTLP endpoint that takes it. Absent: CloudWatch. */
  readonly endpoint?: string;
  /** Namespace of the metrics of what nodes use. Absent: there are none. */
  readonly metricsNamespace?: string;
  /** Whether metrics that programs send are taken. */
  readonly programMetrics?: true;
  /** Whether the agent is installed where the image lacks it. */
  readonly install?: true;
}

/** Namespace of the metrics that nodes have of themselves; each has the dimensions `JobId` and `Node`. */
export function nodeMetricNamespace(deployment: string): string {
  return `${metricNamespace(deployment)}/Nodes`;
}

/** The collectors of a deployment's nodes; `undefined` where there are none. */
export function nodeCollector({ name, telemetry }: Pick<Deployment, 'name' | 'telemetry'>): NodeCollector | undefined {
  if (telemetry.collector === 'none') return undefined;
  return {
    on: telemetry.collector,
    ...(telemetry.otlpEndpoint === undefined ? {} : { endpoint: telemetry.otlpEndpoint }),
    ...(telemetry.nodeMetrics ? { metricsNamespace: nodeMetricNamespace(name) } : {}),
    ...(telemetry.programMetrics ? { programMetrics: true } : {}),
    ...(telemetry.installCollector ? { install: true } : {}),
  };
}
