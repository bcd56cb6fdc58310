import type { ErrorScope } from '../../capacity/error-scope.ts';
import type { CauseCode } from '../causes/causes.ts';
import type { Facts } from '../facts.ts';
import { latest, sentence, type Found, type Rule } from '../rule.ts';
import { failing } from './stop-rules.ts';

/** Codes of launches that are refused for good, by what they are about; families by how they begin. */
const refusals = [
  { cause: 'LaunchNotPermitted', codes: /^(UnauthorizedOperation|AccessDenied|AuthFailure)/ },
  { cause: 'ImageNotUsable', codes: /^(InvalidAMI|ParameterNotFound|NoMachineImage|SsmInvalidParameter|SsmAccessDenied|InvalidSnapshot)/ },
  {
    cause: 'LaunchTemplateBroken',
    codes: /^(InvalidLaunchTemplate|NoLaunchTemplate|InvalidSubnet|InvalidSecurityGroup|InvalidGroup|InvalidIamInstanceProfile|InvalidVpc|InvalidKeyPair|InvalidUserData|NoSubnet)/,
  },
  { cause: 'AccountBlocked', codes: /^(PendingVerification|OptInRequired|Blocked)/ },
  {
    cause: 'LaunchImpossible',
    codes: /^(UnknownInstanceType|NoElasticFabricAdapter|NoClusterPlacementGroup|NotOfferedIn|BudgetTooSmall|ProviderNotOffered|UnsupportedOperation|VolumeTypeNotAvailableInZone|EncryptedVolumesNotSupported)/,
  },
] as const satisfies readonly { readonly cause: CauseCode; readonly codes: RegExp }[];

/** As the lifecycle tells of a refused launch: `EC2 refused the launch: CODE: message`. */
const REFUSED = /refused (?:the launch|to launch a node in the place of another): (?<code>[\w.]+)/;

const refusedCode = ({ code, message }: Facts): string | undefined => (code === 'LaunchRejected' ? (REFUSED.exec(message)?.groups?.['code'] ?? '') : undefined);
const refused = (facts: Facts): Found => ({ sentence: sentence(facts.message), events: [...latest(facts, 'LaunchTried'), ...failing(facts)] });

/** How `explain` says that nothing is tried for now. */
const cooled: readonly string[] = ['CoolingDown', 'BeingProbed', 'Parked'];

/** Whether it ended, or waits, for want of machines. */
function isShort({ job, code, holding, isDecided }: Facts): boolean {
  if (isDecided) return job.outcome === 'NO_CAPACITY' || code === 'CapacityTimeout' || code === 'NoCapacity';
  if (job.state === 'ACQUIRING_CAPACITY') return job.parked === true || code === 'NoCapacity' || holding?.code === 'Parked';
  return job.state === 'PENDING' && holding !== undefined && cooled.includes(holding.code);
}

function short(facts: Facts): Found {
  const { message, holding, cloud, isDecided } = facts;
  const isDue = holding !== undefined && !cooled.includes(holding.code);
  const said = isDecided || isDue ? message : (holding?.message ?? message);
  const [worst] = cloud;
  const where = worst === undefined || said.includes(worst.code) ? '' : ` Its last calls were told ${worst.code} (${worst.places[0] ?? ''}).`;
  const until = isDecided || holding?.givenUpAt === undefined ? '' : ` It is given up at ${holding.givenUpAt}.`;
  const text = said === '' ? 'No machines could be had for it.' : sentence(said);
  const turn = !isDecided && isDue ? ' Its next turn is due.' : '';
  return { sentence: `${text}${where}${turn}${until}`, events: [...latest(facts, 'GangReleased', 'LaunchTried'), ...latest(facts, 'Parked'), ...failing(facts)] };
}

/** That this and nothing else keeps it from machines. */
const only = (scope: ErrorScope) => (facts: Facts): Found | undefined => (isShort(facts) && facts.shortOf.has(scope) && facts.shortOf.size === 1 ? short(facts) : undefined);
const also = (scope: ErrorScope, what: string) => (facts: Facts): Found | undefined =>
  isShort(facts) && facts.shortOf.has(scope) && facts.shortOf.size > 1 ? { sentence: `Some of its launches were told of ${what}.`, events: latest(facts, 'GangReleased', 'LaunchTried') } : undefined;

/** Why there are no machines. */
export const capacityRules: readonly Rule[] = [
  ...refusals.map(({ cause, codes }): Rule => ({ cause, certainty: 'certain', finds: (facts) => (codes.test(refusedCode(facts) ?? '') ? refused(facts) : undefined) })),
  { cause: 'LaunchRejected', certainty: 'certain', rank: 'general', finds: (facts) => (refusedCode(facts) === undefined ? undefined : refused(facts)) },
  {
    cause: 'GangNotReleased', certainty: 'certain',
    finds: (facts) => (facts.code === 'ReleaseUnverified' ? { sentence: sentence(facts.message), events: latest(facts, 'GangReleased', 'LaunchTried') } : undefined),
  },
  { cause: 'Paused', certainty: 'likely', finds: (facts) => (isShort(facts) && facts.shortOf.size === 0 && / has paused /.test(facts.message) ? short(facts) : undefined) },
  {
    cause: 'BudgetReached', certainty: 'likely',
    finds: (facts) => (isShort(facts) && facts.shortOf.size === 0 && /more than its limit of|is too dear for pool/.test(facts.message) ? short(facts) : undefined),
  },
  { cause: 'AccountQuota', certainty: 'certain', finds: only('quota') },
  { cause: 'NoAddresses', certainty: 'certain', finds: only('subnet') },
  { cause: 'CloudThrottled', certainty: 'certain', finds: only('account') },
  { cause: 'AccountQuota', certainty: 'possible', finds: also('quota', 'a quota of the account') },
  { cause: 'NoAddresses', certainty: 'possible', finds: also('subnet', 'a subnet without free addresses') },
  { cause: 'NoCapacity', certainty: 'certain', rank: 'general', finds: (facts) => (isShort(facts) ? short(facts) : undefined) },
];
