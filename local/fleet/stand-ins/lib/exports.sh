# NFS exports: $node/exports lists the folders that the NFS server of this instance gives away, one a line.

# export_all: what /etc/exports and its folder say, anew.
export_all() {
  cat /etc/exports /etc/exports.d/*.exports 2>/dev/null | sed -e 's/#.*//' | awk 'NF { print $1 }' >"$node/exports"
}

# export_one PATH
export_one() {
  grep -qxF -- "$1" "$node/exports" 2>/dev/null || printf '%s\n' "$1" >>"$node/exports"
}

# unexport PATH
unexport() {
  grep -vxF -- "$1" "$node/exports" >"$node/exports.new" 2>/dev/null
  mv "$node/exports.new" "$node/exports"
}
