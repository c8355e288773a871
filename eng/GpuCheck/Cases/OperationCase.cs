using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>An operation at some size: its operands, how it is asked for here, and how in PyTorch.</summary>
/// <param name="Name">Which.</param>
/// <param name="Kind">What bounds it.</param>
/// <param name="Operands">Its inputs.</param>
/// <param name="Run">Computes it; the results, one or more.</param>
/// <param name="Torch">The same as a Python expression of the operands' names: a tensor or a tuple.</param>
internal sealed record OperationCase(
    string Name, CaseKind Kind, IReadOnlyList<Operand> Operands, Func<Ops, CaseInputs, Tensor[]> Run, string Torch)
{
    /// <summary>Python statements that belong to no timing: other layouts, pairs of vectors made tensors.</summary>
    public string TorchSetup { get; init; } = "";

    /// <summary>
    /// The operand whose rows (all but its last dimensions; the leading ones are 1) give the rows of the result, each alone; null where
    /// rows depend on each other. Then some of many rows can be compared.
    /// </summary>
    public string? RowOperand { get; init; }

    /// <summary>Which dimension of that operand, and of the result, is the rows'.</summary>
    public int RowDimension { get; init; }

    /// <summary>The shape of each operand, for tables.</summary>
    public string Sizes => string.Join(" ", Operands.Select(operand => $"{operand.Name}{operand.Shape}".Replace(", ", "×")));

    /// <summary>The seed of an operand's numbers.</summary>
    public uint Seed(Operand operand) => Numbers.Seed($"{Name}/{operand.Name}");

    /// <summary>Floating-point operations of one run, by its definition.</summary>
    public double Flops()
    {
        using Ops plan = Ops.Planning();
        using CaseInputs inputs = CaseInputs.Planned(plan, this);
        Run(plan, inputs);
        return plan.PlannedFlops;
    }
}
