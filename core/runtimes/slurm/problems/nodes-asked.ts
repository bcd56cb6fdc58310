const NODES = /^(?<least>\d+)(?:-(?<most>\d+))?$/;

/** How many nodes `--nodes` asks for; `undefined` for forms that are not a number or two. */
export function nodesAsked(value: string): { readonly least: number; readonly most: number } | undefined {
  const { least, most = least } = NODES.exec(value)?.groups ?? {};
  return least === undefined ? undefined : { least: Number(least), most: Number(most) };
}
