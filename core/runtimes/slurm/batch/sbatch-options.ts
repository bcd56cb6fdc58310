/** Whether an option has a value, and whether that may stand in a word of its own: an optional one may not. */
type Takes = 'nothing' | 'value' | 'perhaps';

/** An option of sbatch by the name that it is known by here, which is its long one. */
export interface SbatchOption {
  readonly name: string;
  readonly takes: Takes;
}

/** Options of sbatch from Slurm 22.05 on, with their letters. What one release alone has is among them. */
const VALUE = `account=A acctg-freq array=a batch bb bbf begin=b chdir=D cluster-constraint clusters=M comment constraint=C container
  container-id context core-spec=S cores-per-socket cpu-freq cpus-per-gpu cpus-per-task=c deadline delay-boot dependency=d
  distribution=m error=e exclude=x export export-file extra extra-node-info=B gid gpu-bind gpu-freq gpus=G gpus-per-node
  gpus-per-socket gpus-per-task gres gres-flags hint input=i job-name=J kill-on-invalid-dep licenses=L mail-type mail-user
  mcs-label mem mem-bind mem-per-cpu mem-per-gpu mincpus network nodefile=F nodelist=w nodes=N ntasks=n ntasks-per-core
  ntasks-per-gpu ntasks-per-node ntasks-per-socket ntasks-per-tres open-mode output=o partition=p power prefer priority
  profile qos=q reservation resources segment signal sockets-per-node switches thread-spec threads-per-core time=t time-min tmp tres-bind
  tres-per-task uid wait-all-nodes wckey wrap`;
const NOTHING = `contiguous external help=h hold=H ignore-pbs no-requeue overcommit=O oversubscribe=s parsable quiet=Q reboot
  requeue spread-job stepmgr test-only usage use-min-nodes verbose=v version=V wait=W`;
const PERHAPS = 'exclusive get-user-env nice no-kill=k oom-kill-step propagate resv-ports';
/** Other names. */
const ALIASES: ReadonlyMap<string, string> = new Map([['tasks-per-node', 'ntasks-per-node'], ['cluster', 'clusters']]);

const byName = new Map<string, SbatchOption>();
const byLetter = new Map<string, SbatchOption>();
addAll(VALUE, 'value');
addAll(NOTHING, 'nothing');
addAll(PERHAPS, 'perhaps');
for (const [alias, name] of ALIASES) byName.set(alias, { name, takes: 'value' });

function addAll(words: string, takes: Takes): void {
  for (const word of words.trim().split(/\s+/)) {
    const [name = '', letter] = word.split('=');
    byName.set(name, { name, takes });
    if (letter !== undefined) byLetter.set(letter, { name, takes });
  }
}

/** The option of a long name, or of the begin of one only, as getopt takes it; `undefined` for one that is not known here. */
export function longOption(written: string): SbatchOption | undefined {
  const exact = byName.get(written);
  if (exact !== undefined) return exact;
  const found = [...byName].filter(([name]) => name.startsWith(written)).map(([, option]) => option);
  return new Set(found.map(({ name }) => name)).size === 1 ? found[0] : undefined;
}

/** The option of a letter. */
export const shortOption = (letter: string): SbatchOption | undefined => byLetter.get(letter);
