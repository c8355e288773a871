using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>The operands of a case as tensors of one device, in a scope that ends with this.</summary>
internal sealed class CaseInputs : IDisposable
{
    private readonly MemoryScope scope;
    private readonly Dictionary<string, Tensor> tensors = [];
    private readonly Dictionary<string, (int[] Values, Shape Shape)> ids = [];

    private CaseInputs(Ops ops, DType type)
    {
        scope = ops.Scope();
        Type = type;
    }

    /// <summary>The type that is tried.</summary>
    public DType Type { get; }

    /// <summary>Bytes of all of them.</summary>
    public long Bytes => tensors.Values.Sum(tensor => tensor.Bytes) + ids.Values.Sum(rows => rows.Values.Length * (long)sizeof(int));

    /// <summary>An operand.</summary>
    public Tensor this[string name] => tensors[name];

    /// <summary>Rows of a table.</summary>
    public int[] Ids(string name) => ids[name].Values;

    /// <summary>As the device under test gets them: stored in the type that is tried.</summary>
    public static CaseInputs Stored(Ops ops, OperationCase operation, DType type) => Make(
        ops, operation, type, operand =>
        {
            DType stored = operand.TypeFor(type);
            return ops.FromHost(Numbers.Stored(Numbers.Of(operand, operation.Seed(operand), type), stored), operand.Shape, stored);
        });

    /// <summary>The same numbers as fp32.</summary>
    /// <param name="ops">Where.</param>
    /// <param name="operation">The case.</param>
    /// <param name="type">The type that is tried: it has rounded them.</param>
    /// <param name="rows">Which rows of <see cref="OperationCase.RowOperand"/> are wanted; null for all.</param>
    public static CaseInputs Widened(Ops ops, OperationCase operation, DType type, int[]? rows = null) =>
        Make(ops, operation, type, operand =>
        {
            float[] values = Numbers.Of(operand, operation.Seed(operand), type);
            if (rows is null || operand.Name != operation.RowOperand)
                return ops.FromHost(values, operand.Shape);
            Shape some = operand.Shape.With(operation.RowDimension, rows.Length);
            return ops.FromHost(Comparison.RowsOf(values, operand.Shape[operation.RowDimension], rows), some);
        });

    /// <summary>Shapes alone, for a dry run.</summary>
    public static CaseInputs Planned(Ops ops, OperationCase operation, DType? type = null) => Make(
        ops, operation, type ?? DType.F32, operand => ops.Memory.Empty(operand.Shape, operand.TypeFor(type ?? DType.F32)));

    public void Dispose() => scope.Dispose();

    private static CaseInputs Make(Ops ops, OperationCase operation, DType type, Func<Operand, Tensor> make)
    {
        var inputs = new CaseInputs(ops, type);
        foreach (Operand operand in operation.Operands)
        {
            if (operand.Kind == OperandKind.Ids)
                inputs.ids.Add(operand.Name, (Numbers.Ids(operand, operation.Seed(operand)), operand.Shape));
            else
                inputs.tensors.Add(operand.Name, make(operand));
        }
        return inputs;
    }
}
