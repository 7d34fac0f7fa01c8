/** A model folder that cannot be served. The message is one sentence for the person who made the model. */
export class ModelProblem extends Error {
  override readonly name = "ModelProblem";
}
