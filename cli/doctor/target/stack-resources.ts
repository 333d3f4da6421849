import { type CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';

/**
 * `id`: the logical id, as CDK generates it: the construct's name and eight digits. `name`: the physical name in AWS.
 */
export type Resource = { id: string; type: string; name: string; changedAt: Date };

export async function stackResources(client: CloudFormationClient, stackName: string): Promise<Resource[]> {
  const resources: Resource[] = [];
  for (let token: string | undefined; ; ) {
    const command = new ListStackResourcesCommand({ StackName: stackName, NextToken: token });
    const { StackResourceSummaries: found = [], NextToken: next } = await client.send(command);
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId, LastUpdatedTimestamp } of found) {
      resources.push({
        id: LogicalResourceId ?? '',
        type: ResourceType ?? '',
        name: PhysicalResourceId ?? '',
        changedAt: LastUpdatedTimestamp ?? new Date(0),
      });
    }
    if (next === undefined || next === token) return resources;
    token = next;
  }
}

/** @throws if the stack has no such resource, or several */
export function resourceNamed(resources: readonly Resource[], type: string, construct: string): Resource {
  const isIt = ({ id, type: its }: Resource) => its === type && id.replace(/[0-9A-F]{8}$/, '') === construct;
  const [found, ...others] = resources.filter(isIt);
  if (found === undefined || others.length > 0)
    throw new Error(`The stack has no ${construct}: is it of this version?`);
  return found;
}
