using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>What the numbers of an operand are.</summary>
internal enum OperandKind
{
    /// <summary>Of the type that is tried.</summary>
    Activation,

    /// <summary>F32 whatever is tried.</summary>
    Float,

    /// <summary>Of the type that is tried, every 997th not a number.</summary>
    Spoiled,

    /// <summary>Rows of a table.</summary>
    Ids,
}

/// <summary>An input of a case: its numbers are given by its name alone (<see cref="Numbers"/>).</summary>
/// <param name="Name">In the case.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Kind">What its numbers are.</param>
/// <param name="Scale">Numbers are between −Scale and Scale; a power of two, so that multiplying is exact.</param>
/// <param name="Range">Of ids: they are below.</param>
internal sealed record Operand(string Name, Shape Shape, OperandKind Kind = OperandKind.Activation, float Scale = 1, int Range = 0)
{
    /// <summary>The type of its numbers where a type is tried.</summary>
    public DType TypeFor(DType tried) => Kind == OperandKind.Float ? DType.F32 : tried;
}
