/** Policies of a template as short lines: "s3:GetObject, s3:PutObject on <Bucket.Arn>/findings/*". */

type Json = Record<string, unknown>;

interface Resource {
  readonly Type: string;
  readonly Properties: Json;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

const listed = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Lines of the policies that are attached to each role, by the role's name without the hash. */
export function roleStatements(template: Template): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    for (const role of listed(Properties.Roles as unknown[])) {
      const name = shown(role).slice(1, -1);
      lines[name] = [...(lines[name] ?? []), ...documentLines(Properties.PolicyDocument)];
    }
  }
  return lines;
}

/** Lines of a policy of a resource such as a queue or a key, by the name of what holds it. */
export function resourceStatements(template: Template, type: string, property = 'PolicyDocument') {
  const found = Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
  return Object.fromEntries(found.map(([id, { Properties }]) => [unhashed(id), documentLines(Properties[property])]));
}

function documentLines(document: unknown): string[] {
  return (document as { Statement: Statement[] }).Statement.map(line);
}

function line({ Effect, Action, Resource, Principal, Condition }: Statement): string {
  const effect = Effect === 'Allow' ? '' : `${Effect} `;
  const who = Principal === undefined ? '' : `${shownPrincipal(Principal)} `;
  const when = Condition === undefined ? '' : ` if ${shown(JSON.stringify(resolved(Condition)))}`;
  return `${effect}${who}${listed(Action).join(', ')} on ${listed(Resource).map(shown).join(', ')}${when}`;
}

function shownPrincipal(principal: unknown): string {
  if (typeof principal === 'string') return principal;
  return Object.values(principal as Json)
    .flat()
    .map(shown)
    .join(', ');
}

/** A value of a template with its references as `<Name.Attribute>`. */
export function shown(value: unknown): string {
  const result = resolved(value);
  return typeof result === 'string' ? result : JSON.stringify(result);
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, inner] = entries[0] ?? [];
  if (entries.length === 1 && name === 'Ref') return `<${unhashed(String(inner))}>`;
  if (entries.length === 1 && name === 'Fn::GetAtt') return `<${unhashed(inner[0])}.${inner[1]}>`;
  if (entries.length === 1 && name === 'Fn::Join') return inner[1].map(resolved).join(inner[0]);
  return Object.fromEntries(entries.map(([key, one]) => [key, resolved(one)]));
}

function unhashed(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}
