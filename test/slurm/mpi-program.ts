import { expandHosts } from '../../core/runtimes/slurm/host-list.ts';

/** Every rank says who it is and where; the sum of all ranks' numbers comes to each of them. */
const source = `#include <mpi.h>
#include <stdio.h>

int main(int argc, char **argv) {
  int rank, size, length, sum = 0;
  char host[MPI_MAX_PROCESSOR_NAME] = "";
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Get_processor_name(host, &length);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  printf("rank %d of %d on %s sees %d\\n", rank, size, host, sum);
  MPI_Finalize();
  return 0;
}`;

/** Commands of a batch script that compile the program where all nodes see it, and run it by MPI on all of them. */
export const runMpi: readonly string[] = [
  `cat > /data/ranks.c <<'END'\n${source}\nEND`,
  'mpicc -o /data/ranks /data/ranks.c',
  // The ranks share the cores of one machine here, which nobody tells MPI.
  'export OMPI_MCA_mpi_yield_when_idle=1',
  'srun --mpi=pmix /data/ranks',
];

/** What the ranks have said, as they should where there is one on each host. */
export interface Answers {
  /** Hosts on which ranks have answered, sorted. */
  readonly hosts: readonly string[];
  /** Numbers of the ranks, sorted. */
  readonly ranks: readonly number[];
  /** How many ranks there are, and the sum of their numbers, as they see it: once where they agree. */
  readonly seen: readonly string[];
}

const said = /^rank (?<rank>\d+) of (?<size>\d+) on (?<host>\S+) sees (?<sum>\d+)$/;

/** What the ranks have said. */
export function answersIn(messages: readonly string[]): Answers {
  const found = messages.map((message) => said.exec(message)?.groups).filter((groups) => groups !== undefined);
  return {
    hosts: found.map(({ host = '' }) => host).toSorted(),
    ranks: found.map(({ rank }) => Number(rank)).toSorted((a, b) => a - b),
    seen: [...new Set(found.map(({ size = '', sum = '' }) => `${size} ranks, ${sum}`))],
  };
}

/** What they say where one on each of the hosts answers once. */
export function answersOf(hosts: readonly string[]): Answers {
  const size = hosts.length;
  return { hosts: hosts.toSorted(), ranks: hosts.map((_, rank) => rank), seen: [`${size} ranks, ${size * (size - 1) / 2}`] };
}

const zoneSwitch = /^SwitchName=(?<name>\S+) Level=0 .*Nodes=(?<nodes>\S+)/;

/** The switches that `scontrol show topology` has printed, with their nodes in order of their names. */
export function switchesIn(messages: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const lines = messages.map((message) => zoneSwitch.exec(message)?.groups).filter((groups) => groups !== undefined);
  return Object.fromEntries(lines.map(({ name = '', nodes = '' }) => [name, (expandHosts(nodes) ?? []).toSorted()]));
}

/** What they are where each zone has one. */
export function switchesOf(nodes: readonly { readonly name: string; readonly zone: string }[]): Readonly<Record<string, readonly string[]>> {
  const byZone = Map.groupBy(nodes, ({ zone }) => zone);
  return Object.fromEntries([...byZone].map(([zone, those]) => [zone, those.map(({ name }) => name).toSorted()]));
}
