using CogVideoX.Tensors;

namespace CogVideoX.Gpu.Tests;

/// <summary>One way to launch an operation's portable kernels.</summary>
/// <param name="Operation">The struct that is to run.</param>
/// <param name="Options">Sizes, types and whatever else is special.</param>
/// <param name="Run">Runs it on operands.</param>
internal sealed record SweepCase(Type Operation, string Options, Func<Ops, Inputs, Tensor> Run)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operation.Name.Split('`')[0]}{string.Concat(Operation.GenericTypeArguments.Select(type => $"<{type.Name}>"))} {Options}";
}
