import { Stack, Validations, type App } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { acknowledgements } from './acknowledgements.ts';

/** Runs the AWS Solutions rules at synthesis: a finding that nobody acknowledged fails it. */
export function checkWithNag(app: App): void {
  acknowledgeFindings(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

/**
 * Acknowledges the findings that are in the list, each where it was found. Ids of findings hold account and region,
 * so the list has patterns, and the ids come from a run of the rules.
 */
export function acknowledgeFindings(app: App): void {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  for (const { ruleName: id, violatingResources } of violations) {
    for (const { constructPath } of violatingResources) {
      const construct = app.node.findAll().find(({ node }) => node.path === constructPath);
      if (construct === undefined) continue;
      const path = constructPath?.slice(Stack.of(construct).node.path.length + 1) ?? '';
      const found = acknowledgements.find((each) => each.finding.test(id) && each.construct.test(path));
      if (found !== undefined) Validations.of(holderOf(construct)).acknowledge({ id, reason: found.reason });
    }
  }
}

/** A role's policy that grows too large is split at synthesis, after this: what is said of it stands at the role. */
function holderOf(construct: IConstruct): IConstruct {
  return construct.node.scopes.find((scope) => Role.isRole(scope)) ?? construct;
}
