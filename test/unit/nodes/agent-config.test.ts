import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folder = join(import.meta.dirname, '../../../nodes/telemetry');
const program = `
import glob, json, os, sys
sys.path.insert(0, sys.argv[1])
import agent_config
asked = json.loads(sys.argv[2])
glob.glob = lambda pattern: asked.get("devices", [])
os.access = lambda path, how: path in asked.get("programs", [])
print(json.dumps(eval(asked["what"], {"agent_config": agent_config, "settings": asked.get("settings")})))
`;

/** What the module answers, on a machine that has such devices and such programs. */
function ask(what: string, machine: object = {}): unknown {
  return JSON.parse(execFileSync('python3', ['-sB', '-c', program, folder, JSON.stringify({ what, ...machine })], { encoding: 'utf8' }));
}

const settings = { region: 'us-east-1', jobId: '01k0', node: 'head-0', attributes: {}, metricsNamespace: 'Ours/Nodes' };

describe('what the agent is told', () => {
  it.each([
    ['https://otlp.example.org', false], ['http://10.0.0.9:4318', false], ['https://amazonaws.com.example.org', false], ['https://notamazonaws.com', false],
    ['http://internal-otlp-1.us-east-1.elb.amazonaws.com:4318', true], ['https://otlp.lambda-url.eu-west-1.on.aws', false],
    ['https://XRAY.us-east-1.amazonaws.com/v1', true], ['https://xray.cn-north-1.amazonaws.com.cn', true], ['https://xray.us-east-1.api.aws', true], ['not a URL', false],
  ])('is no endpoint outside of AWS, by which it would end at once: %s', (endpoint, sends) => {
    expect(ask(`agent_config.sends_to(${JSON.stringify(endpoint)})`)).toBe(sends);
  });

  it.each(['us-east-1', 'cn-north-1'])('is no other endpoint in %s either, where it sends to CloudWatch', (region) => {
    const { exporters } = ask('agent_config.opentelemetry(settings, 40001)', { settings: { ...settings, region, programMetrics: true } }) as { exporters: Record<string, Record<string, unknown>> };
    const urls = Object.values(exporters).flatMap((exporter) => Object.entries(exporter).filter(([name]) => name.endsWith('endpoint')).map(([, url]) => url));
    expect(urls).toHaveLength(2);
    for (const url of urls) expect(ask(`agent_config.sends_to(${JSON.stringify(url)})`)).toBe(true);
  });

  it('is of GPUs where it can ask them: it takes no configuration at all that names them where it cannot', () => {
    const metrics = (machine: object) => Object.keys((ask('agent_config.agent(settings)', { settings, ...machine }) as { metrics: { metrics_collected: object } }).metrics.metrics_collected);
    const gpu = { devices: ['/dev/nvidia0'] };
    expect(metrics({ ...gpu, programs: ['/usr/bin/nvidia-smi'] })).toContain('nvidia_gpu');
    expect(metrics({ ...gpu, programs: ['/opt/nvidia/bin/nvidia-smi'] })).not.toContain('nvidia_gpu');
    expect(metrics({ programs: ['/usr/bin/nvidia-smi'] })).not.toContain('nvidia_gpu');
  });
});
