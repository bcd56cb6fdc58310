# What of Slurm's configuration depends on the machine: read, after common.sh, by start.sh and by what verifies an image.

# Where the plugins of the installed Slurm are: beside its own library.
plugins() {
  local library
  library=$(ldd "$(command -v scontrol)" | sed -n 's/.*libslurmfull\.so => \([^ ]*\).*/\1/p')
  dirname "$(readlink -f "${library:-/usr/lib/slurm/none}")"
}

# Whether this Slurm can confine jobs by the control groups of this machine.
manages_cgroups() {
  local groups=/sys/fs/cgroup
  if [ -e $groups/cgroup.controllers ]; then
    [ -w $groups/cgroup.subtree_control ] && [ -e "$(plugins)/cgroup_v2.so" ]
  else
    [ -w $groups/freezer ] && [ -w $groups/cpuset ] && [ -w $groups/memory ] && [ -e "$(plugins)/cgroup_v1.so" ]
  fi
}

# What depends on the machine and its Slurm: slurm.conf includes it.
machine_conf() {
  if manages_cgroups; then
    printf 'ProctrackType=proctrack/cgroup\nTaskPlugin=%stask/cgroup\n' "$([ ! -e "$(plugins)/task_affinity.so" ] || echo task/affinity,)"
  else
    printf 'ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n'
  fi
  # Addresses of names are not kept beyond one connection. Later releases have no such option. Where a node takes the place of
  # another, either release learns its address because /etc/hosts is written before the controller is started anew and
  # the daemons read their configuration again.
  is_since 23.11 || echo 'CommunicationParameters=NoAddrCache'
  if has_pmix; then printf 'MpiDefault=pmix\n'; fi
}

has_pmix() { compgen -G "$(plugins)/mpi_pmix*.so" > /dev/null; }

# Without control groups Slurm wants to be told so, each release in its own word.
cgroup_conf() {
  if manages_cgroups; then cat "$ORCH_FILES/cgroup.conf"
  elif is_since 23.11; then echo 'CgroupPlugin=disabled'
  else echo 'CgroupPlugin=cgroup/v1'
  fi
}
