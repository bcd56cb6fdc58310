import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import { cgroupConf } from '../../core/runtimes/slurm/cluster/cgroup-conf.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { mostSlurmVersions } from '../../lib/configuration/slurm.ts';
import { grantsOf } from './policies.ts';
import { ofType, scratchFolder, sourceRoot, synthesize, type Resource } from './synthesize.ts';

const sha256 = '0123456789abcdef'.repeat(4);
const configured = (images: Readonly<Record<string, unknown>> = {}) => ({
  slurm: { images: { versions: { '23.02.7': { sha256 }, '24.11.5': { sha256, url: 'https://mirror.example.com/slurm.tar.gz' } }, ...images } },
});

/** The stack of images of a configuration that asks for some. */
function stackOf(configuration: unknown): NonNullable<ReturnType<typeof synthesize>['images']> {
  const { images } = synthesize(configuration);
  if (images === undefined) throw new Error('there is no stack of images');
  return images;
}

const { resources } = stackOf(configured());
const kinds = ['Component', 'DistributionConfiguration', 'ImagePipeline', 'ImageRecipe', 'InfrastructureConfiguration'];
const ofKind = (kind: string, within = resources): [string, Resource][] => ofType(within, `AWS::ImageBuilder::${kind}`);
const named = (kind: string, within = resources): string[] => ofKind(kind, within).map(([, { Properties }]) => String(Properties['Name'])).sort();

interface ComponentDocument {
  readonly parameters?: readonly Readonly<Record<string, unknown>>[];
  readonly phases: readonly { readonly name: string; readonly steps: readonly { readonly action: string; readonly inputs: { readonly commands: readonly string[] } }[] }[];
}

describe('the stack of images', () => {
  it('is there only where the deployment makes images, and has room for as many as there may be', () => {
    expect(synthesize().images).toBeUndefined();
    const versions = Object.fromEntries(Array.from({ length: mostSlurmVersions }, (_, index) => [`24.05.${index}`, { sha256 }]));
    const most = stackOf(configured({ versions })).resources;
    expect(ofKind('ImagePipeline', most)).toHaveLength(2 * mostSlurmVersions);
    expect(Object.keys(most).length).toBeLessThan(200);
  });

  it('leaves nothing of Image Builder in the stack of the deployment', () => {
    expect(kinds.flatMap((kind) => ofKind(kind, synthesize(configured()).resources))).toEqual([]);
  });
});

describe('images', () => {
  it('have a pipeline for each version and architecture, which nobody starts by itself', () => {
    expect(named('ImagePipeline')).toEqual([
      'orchestrator-slurm-23-02-7-arm64', 'orchestrator-slurm-23-02-7-x86_64', 'orchestrator-slurm-24-11-5-arm64', 'orchestrator-slurm-24-11-5-x86_64',
    ]);
    expect(ofKind('ImagePipeline').filter(([, { Properties }]) => 'Schedule' in Properties)).toEqual([]);
    const { template } = stackOf(configured({ schedule: 'cron(0 4 ? * sun *)', architectures: ['x86_64'] }));
    template.resourceCountIs('AWS::ImageBuilder::ImagePipeline', 2);
    template.allResourcesProperties('AWS::ImageBuilder::ImagePipeline', {
      Schedule: { ScheduleExpression: 'cron(0 4 ? * sun *)', PipelineExecutionStartCondition: 'EXPRESSION_MATCH_ONLY' },
    });
  });

  it('are put into the catalogue that jobs look into, when they came through their tests', () => {
    const written = ofKind('DistributionConfiguration').map(([, { Properties }]) => Properties['Distributions']);
    expect(written).toHaveLength(4);
    expect(written).toContainEqual([{
      Region: 'us-east-1',
      AmiDistributionConfiguration: { Name: 'orchestrator-slurm-23-02-7-arm64 {{ imagebuilder:buildDate }}', AmiTags: expect.objectContaining({ 'orchestrator:slurm': '23.02.7/arm64' }) },
      SsmParameterConfigurations: [{ ParameterName: '/orchestrator/images/slurm/23.02.7/arm64', DataType: 'aws:ec2:image' }],
    }]);
    for (const [, { Properties }] of ofKind('ImagePipeline')) {
      expect(Properties).toMatchObject({ ImageTestsConfiguration: { ImageTestsEnabled: true }, EnhancedImageMetadataEnabled: false });
    }
  });

  it('are made of what the configuration says', () => {
    const { template } = stackOf(configured({
      parents: { x86_64: 'ami-0123456789abcdef0', arm64: 'resolve:ssm:/ours/base' }, volumeGiB: 60, efaInstaller: '1.43.1',
    }));
    template.hasResourceProperties('AWS::ImageBuilder::ImageRecipe', {
      ParentImage: 'ami-0123456789abcdef0',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeSize: 60, VolumeType: 'gp3' } }],
      AdditionalInstanceConfiguration: { SystemsManagerAgent: { UninstallAfterBuild: false } },
      Components: [
        { Parameters: [{ Name: 'EFA_VERSION', Value: ['1.43.1'] }] },
        { Parameters: [
          { Name: 'SLURM_VERSION', Value: ['23.02.7'] },
          { Name: 'SLURM_URL', Value: ['https://download.schedmd.com/slurm/slurm-23.02.7.tar.bz2'] },
          { Name: 'SLURM_SHA256', Value: [sha256] },
        ] },
        { Parameters: [{ Name: 'SLURM_VERSION', Value: ['23.02.7'] }] },
      ],
    });
    template.hasResourceProperties('AWS::ImageBuilder::ImageRecipe', { ParentImage: 'ssm:/ours/base' });
    expect(JSON.stringify(template.toJSON())).toContain('https://mirror.example.com/slurm.tar.gz');
  });

  it('get new recipes when anything in them changes, because a recipe cannot be changed', () => {
    const recipes = (images: Readonly<Record<string, unknown>>) => named('ImageRecipe', stackOf(configured(images)).resources);
    const first = recipes({});
    expect(recipes({})).toEqual(first);
    for (const other of [{ volumeGiB: 30 }, { efaInstaller: '1.43.1' }, { parents: { x86_64: 'ami-0123456789abcdef0', arm64: 'ami-0123456789abcdef1' } }]) {
      expect(recipes(other).filter((name) => first.includes(name))).toEqual([]);
    }
  });

  it('are built on machines that nobody reaches, with IMDSv2, and that the reconciler does not take for nodes', () => {
    for (const [, { Properties }] of ofKind('InfrastructureConfiguration')) {
      expect(Properties).toMatchObject({ TerminateInstanceOnFailure: true, InstanceMetadataOptions: { HttpTokens: 'required' } });
      expect(Properties['ResourceTags']).not.toHaveProperty('orchestrator:deployment');
    }
    const [group] = ofType(resources, 'AWS::EC2::SecurityGroup').filter(([id]) => id.startsWith('SlurmImages'));
    expect(group?.[1].Properties).toMatchObject({ SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }] });
    expect(group?.[1].Properties).not.toHaveProperty('SecurityGroupIngress');
  });

  it('log into one group that does not grow for ever', () => {
    const [logs] = ofType(resources, 'AWS::Logs::LogGroup').filter(([, { Properties }]) => Properties['LogGroupName'] === '/aws/imagebuilder/orchestrator-slurm');
    expect(logs?.[1].Properties['RetentionInDays']).toBe(30);
    for (const [, { Properties }] of ofKind('ImagePipeline')) {
      expect(Properties['LoggingConfiguration']).toEqual({ ImageLogGroupName: { Ref: logs?.[0] }, PipelineLogGroupName: { Ref: logs?.[0] } });
    }
  });
});

describe('components', () => {
  const documents = ofKind('Component').map(([, { Properties }]) => [String(Properties['Data']), parse(String(Properties['Data'])) as ComponentDocument] as const);
  const scripts = readdirSync(join(sourceRoot, 'nodes', 'slurm-image'));

  it('carry each script of nodes/slurm-image once, whole, behind its variables', () => {
    const commands = documents.flatMap(([, { phases }]) => phases.flatMap(({ steps }) => steps.flatMap(({ inputs }) => inputs.commands)));
    expect(commands).toHaveLength(scripts.length);
    for (const script of scripts) {
      const text = readFileSync(join(sourceRoot, 'nodes', 'slurm-image', script), 'utf8');
      expect(commands.filter((command) => command.endsWith(text))).toHaveLength(1);
    }
  });

  it('name the parameters that they use, and no others, in the limits of Image Builder', () => {
    for (const [data, { parameters = [] }] of documents) {
      const used = new Set([...data.matchAll(/\{\{ (\w+) \}\}/g)].map(([, name]) => name));
      expect(new Set(parameters.flatMap((parameter) => Object.keys(parameter)))).toEqual(used);
      expect(data.length).toBeLessThan(16_000);
    }
  });

  it('test the image by what nodes are configured by', () => {
    const [[data] = ['']] = documents.filter(([text]) => text.includes('export MUST_CONFINE=yes'));
    const commands = (parse(data) as ComponentDocument).phases[0]?.steps[0]?.inputs.commands[0] ?? '';
    for (const file of ['common.sh', 'machine.sh']) expect(commands).toContain(readFileSync(join(sourceRoot, 'nodes', 'slurm', file), 'utf8'));
    expect(commands).toContain(`printf '${cgroupConf.replaceAll('\n', '\\n')}'`);
    expect(spawnSync('bash', ['-n'], { input: commands, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('test the image on a machine of its own', () => {
    expect(documents.flatMap(([, { phases }]) => phases.map(({ name }) => name)).sort()).toEqual(['build', 'build', 'test']);
  });
});

describe('the build', () => {
  const build = (sources: Readonly<Record<string, string>>) => spawnSync('bash', [join(sourceRoot, 'nodes', 'slurm-image', 'build-slurm.sh')], {
    encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', SLURM_VERSION: '23.02.7', ...sources },
  });

  it('unpacks nothing whose checksum is another than the configured one, and says both', () => {
    const archive = join(scratchFolder('sources-'), 'munge.tar.gz');
    writeFileSync(archive, 'something else');
    const { status, stderr, stdout } = build({ MUNGE_URL: `file://${archive}`, MUNGE_SHA256: sha256 });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`The file at file://${archive} has the SHA-256 ${createHash('sha256').update('something else').digest('hex')}, not ${sha256}.\n`);
  });

  it('ends where a source is not to be had', () => {
    const { status, stderr } = build({ MUNGE_URL: `file://${scratchFolder('sources-')}/none.tar.gz`, MUNGE_SHA256: sha256 });
    expect(status).not.toBe(0);
    expect(stderr).toContain('none.tar.gz');
  });
});

describe('roles', () => {
  const grants = grantsOf(resources);
  const allowed = (role: string) => grants.filter(({ policy }) => policy.startsWith(role));

  it('let Image Builder write the parameters of the catalogue only, and pass on the role of machines that build', () => {
    const role = 'SlurmImagesPipelineRole';
    expect(new Set(allowed(role).flatMap(({ actions }) => actions))).toEqual(new Set(['iam:PassRole', 'ssm:PutParameter', 'ec2:DescribeImages', 'ssm:GetParameter', 'ssm:GetParameters']));
    const put = allowed(role).find(({ actions }) => actions.includes('ssm:PutParameter'));
    expect(put?.resources.map((each) => JSON.stringify(each).match(/:parameter(\/[\w./-]+)/)?.[1]).sort()).toEqual([
      '/orchestrator/images/slurm/23.02.7/arm64', '/orchestrator/images/slurm/23.02.7/x86_64',
      '/orchestrator/images/slurm/24.11.5/arm64', '/orchestrator/images/slurm/24.11.5/x86_64',
    ]);
    const trust = ofType(resources, 'AWS::IAM::Role').find(([id]) => id.startsWith(role))?.[1].Properties['AssumeRolePolicyDocument'];
    expect(trust).toMatchObject({ Statement: [{ Principal: { Service: 'imagebuilder.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }] });
  });

  it('let it read the parameters that hold parents, those of AWS too', () => {
    const own = stackOf(configured({ parents: { x86_64: 'resolve:ssm:/ours/base' } }));
    const reads = grantsOf(own.resources).filter(({ policy, actions }) => policy.startsWith('SlurmImagesPipelineRole') && actions.includes('ssm:GetParameter'));
    const [theirs, ours] = reads[0]?.resources.map((each) => JSON.stringify(each)) ?? [];
    expect([reads.length, ours, theirs]).toEqual([
      1, expect.stringContaining('"AWS::AccountId"},":parameter/ours/base"'), expect.stringContaining('::parameter/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"'),
    ]);
  });

  it('let machines that build take commands, fetch the components, and log', () => {
    const actions = allowed('SlurmImagesBuildRole').flatMap((grant) => grant.actions).filter((action) => !/^(ssmmessages|ec2messages):/.test(action));
    expect(actions.sort()).toEqual(['imagebuilder:GetComponent', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 'ssm:UpdateInstanceInformation']);
  });
});

describe('the network', () => {
  const subnets = { 'us-east-1a': 'subnet-0123456789abcdef0', 'us-east-1b': 'subnet-0123456789abcdef1' };

  it('of images is the first subnet of an existing one, in a group of their own', () => {
    const { template } = stackOf({ ...configured(), network: { kind: 'existing', vpcId: 'vpc-0123456789abcdef0', subnets } });
    template.allResourcesProperties('AWS::ImageBuilder::InfrastructureConfiguration', { SubnetId: 'subnet-0123456789abcdef0' });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: 'vpc-0123456789abcdef0', SecurityGroupEgress: [{ FromPort: 443 }] });
  });

  it('lets machines that build use interface endpoints that stand in their way', () => {
    const { template } = stackOf({ ...configured(), network: { kind: 'created', extraEndpoints: ['ssm'] } });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 443, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SlurmImagesBuildGroup'), 'GroupId'] },
    });
    expect(ofType(resources, 'AWS::EC2::SecurityGroupIngress')).toEqual([]);
  });
});

describe('the configuration', () => {
  const withImages = (images: unknown, rest: object = {}) => parseConfiguration({ slurm: { images }, ...rest }, 'deployment.json', 'us-east-1');
  const versions = { '23.02.7': { sha256 } };

  it.each([
    [{}, 'slurm.images.versions'],
    [{ versions: {} }, 'one to 20 versions'],
    [{ versions: { '23.02': { sha256 } } }, 'slurm.images.versions'],
    [{ versions: { '21.08.8': { sha256 } } }, 'no version before 22.05'],
    [{ versions: { '23.02.7': {} } }, 'slurm.images.versions["23.02.7"].sha256'],
    [{ versions: { '23.02.7': { sha256: 'abc' } } }, 'a SHA-256'],
    [{ versions: { '23.02.7': { sha256, url: "https://example.com/'; reboot" } } }, 'a URL that begins with https://'],
    [{ versions: { '23.02.7': { sha256, url: 'http://example.com/slurm.tar' } } }, 'a URL that begins with https://'],
    [{ versions, architectures: [] }, 'slurm.images.architectures'],
    [{ versions, architectures: ['x86_64', 'x86_64'] }, 'no architecture twice'],
    [{ versions, schedule: 'every sunday' }, 'cron(…) or rate(…)'],
    [{ versions, parents: { x86_64: 'Amazon Linux' } }, 'an AMI id'],
    [{ versions, efaInstaller: 'newest' }, 'latest'],
  ])('%j is refused: %s', (images, words) => {
    expect(() => withImages(images)).toThrow(words);
  });

  it('refuses images where machines that build do not reach the sources', () => {
    expect(() => withImages({ versions }, { network: { kind: 'created', egress: 'endpoints' } })).toThrow('Images are built of sources from the internet');
  });

  it.each([
    [{ name: 'awsome' }, 'no names that begin with aws or ssm'],
    [{ name: 'ssm-slurm' }, 'no names that begin with aws or ssm'],
    [{ rootVolumeGiB: 19 }, 'as large as its image'],
  ])('refuses images with %j', (rest, words) => {
    expect(() => withImages({ versions }, rest)).toThrow(words);
    expect(() => parseConfiguration(rest, 'deployment.json', 'us-east-1')).not.toThrow();
  });
});
