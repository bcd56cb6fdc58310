import { readDocument, sending } from '../document.ts';
import { writeJson } from '../output/json.ts';
import { warningLines } from '../output/problems.ts';
import { action, examples, type AddCommand } from './command.ts';

/** `orch validate FILE` */
export const addValidate: AddCommand = (program, context) => {
  program
    .command('validate')
    .summary('check a manifest without submitting it')
    .description('Checks a manifest against this deployment and prints every problem as file:line:column: message. Nothing is stored.')
    .argument('<file>', 'manifest, YAML or JSON; - reads standard input')
    .addHelpText('after', examples('orch validate cluster.yaml', 'cat cluster.yaml | orch validate -'))
    .action(action(context, async (session, file: string, _options: object) => {
      const { terminal, colours, json } = session;
      const document = await readDocument(terminal, file);
      const valid = await sending(document, () => session.client().validateManifest(document, { signal: terminal.signal }));
      if (json) return writeJson(session, valid);
      terminal.err(warningLines(document.file, valid.warnings));
      const runtime = valid.runtimeVersion === undefined ? '' : `, with runtime ${valid.runtimeVersion}`;
      terminal.out(`${document.file}: ${colours.green('valid')}, ${valid.namespace}/${valid.name}, sha256:${valid.digest.slice(0, 12)}${runtime}\n`);
    }));
};
