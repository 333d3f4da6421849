import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queues } from './queues.ts';

/** The stack's resources that have metrics of their own in CloudWatch. */
export type Watched = {
  queues: Queues;
  api: HttpApi;
  receiver: LambdaFunction;
  archiver: LambdaFunction;
  sweeper: LambdaFunction;
};
