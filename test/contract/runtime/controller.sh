#!/bin/bash
# controller.sh ROOT FOLDER: a real slurmctld with the files of FOLDER, on a host that ends with this script; ROOT is what the
# host is laid over. Runs in namespaces of its own. What Slurm answers is put into FOLDER:
#   topology, nodes, partitions, jobs   as scontrol shows them
#   N.out, N.err, N.code                the id that sbatch gave the script N.job with the options N.options, what it said, and how it ended
set -euo pipefail

if [ "${3-}" = '' ]; then
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
  for folder in proc dev sys; do mount --rbind "/$folder" "/mnt/root/$folder"; done
  mount -t tmpfs tmpfs /mnt/root/run
  mkdir /mnt/root/run/folder
  mount --bind "$2" /mnt/root/run/folder
  cp "$0" /mnt/root/run/controller.sh
  # Names are not looked up on a host whose only address is its loopback.
  ip link set lo up
  ip address add 10.77.0.1/32 dev lo
  exec chroot /mnt/root /bin/bash /run/controller.sh / /run/folder inside
fi

folder=$2 slurm=/var/lib/orchestrator/slurm run=/run/orchestrator
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH SLURM_CONF=$slurm/conf/slurm.conf
mkdir -p $slurm/{conf,state,logs,spool} $run /data
cp "$folder"/files/* $slurm/conf
chmod 0400 $slurm/conf/munge.key
printf 'ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n' > $slurm/conf/machine.conf
rm -f /etc/hosts
{ echo '127.0.0.1 localhost'; sed 's/^/10.77.0.1 /' "$folder/names"; } > /etc/hosts
hostname "$(head -n 1 "$folder/names")"

munged --force --key-file=$slurm/conf/munge.key --socket=$run/munge.socket --pid-file=$run/munged.pid --log-file=$slurm/logs/munged.log --seed-file=$run/seed
slurmctld -f $SLURM_CONF
for _ in {1..150}; do
  if scontrol ping 2> /dev/null | grep --quiet 'is UP'; then break; fi
  sleep 0.1
done

cp $slurm/logs/slurmctld.log "$folder/log"
scontrol show topology > "$folder/topology"
scontrol --oneliner show nodes > "$folder/nodes"
scontrol --oneliner show partitions > "$folder/partitions"
for job in "$folder"/*.job; do
  mapfile -t options < "${job%.job}.options"
  code=0
  timeout 20 sbatch --parsable "${options[@]}" "$job" > "${job%.job}.out" 2> "${job%.job}.err" || code=$?
  echo $code > "${job%.job}.code"
done
scontrol --oneliner show jobs > "$folder/jobs"
