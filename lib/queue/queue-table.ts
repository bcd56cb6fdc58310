import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { jobPrefix } from '../../core/queue/stream-keys.ts';
import { tableLayout } from '../../core/queue/table-layout.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * The one table: jobs, queue, manifests, shares. Encrypted with a key that AWS owns unless the deployment asks for
 * its own: the data is encrypted either way, and a KMS key adds a monthly price and a call to many requests.
 */
export class QueueTable extends Construct {
  readonly table: Table;
  private readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, props: { configuration: DeploymentConfiguration; key?: IKey }) {
    super(scope, id);
    const { production } = props.configuration;
    this.key = props.key;
    this.table = new Table(this, 'Table', {
      partitionKey: text(tableLayout.partitionKey),
      sortKey: text(tableLayout.sortKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType[tableLayout.stream],
      timeToLiveAttribute: tableLayout.ttlAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: production,
      removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(props.key === undefined
        ? { encryption: TableEncryption.DEFAULT }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.key }),
    });
    for (const index of Object.values(tableLayout.indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        projectionType: ProjectionType[index.projection],
      });
    }
  }

  /** Strongly consistent reads of items, and the listing of a namespace's jobs. */
  allowReads(reader: OrchestratorFunction): void {
    reader.allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], [this.table.tableArn, this.indexArn('jobs')]);
    this.key?.grant(reader, 'kms:Decrypt');
  }

  /** Strongly consistent reads of jobs and their histories, and of nothing else. */
  allowJobReads(reader: OrchestratorFunction): void {
    reader.allow(['dynamodb:GetItem', 'dynamodb:Query'], [this.table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${jobPrefix}*`] },
    });
    this.key?.grant(reader, 'kms:Decrypt');
  }

  /** The scan over all attempts whose machines may exist. */
  allowScans(reader: OrchestratorFunction): void {
    reader.allow(['dynamodb:Scan'], [this.indexArn('active')]);
  }

  /** Writes of items, alone or in transactions. */
  allowWrites(writer: OrchestratorFunction): void {
    writer.allow(
      ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
      [this.table.tableArn],
    );
    this.key?.grant(writer, 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  private indexArn(index: keyof typeof tableLayout.indexes): string {
    return `${this.table.tableArn}/index/${tableLayout.indexes[index].name}`;
  }
}
