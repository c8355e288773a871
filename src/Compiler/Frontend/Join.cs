using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>A value that comes from several blocks: through a variable, unless all bring the same.</summary>
internal static class Join
{
    /// <summary>The value at the beginning of the current block. The blocks that bring it are finished but for their ends.</summary>
    public static StackValue Of(KernelBuilder kernel, IReadOnlyList<(Block From, StackValue Value)> ways)
    {
        StackValue first = ways[0].Value;
        if (ways.Count == 1)
            return first;
        if (first.Known is not null)
            return ways.All(way => Equals(way.Value.Known, first.Known)) ? first : throw kernel.Refuse(first.Known);
        if (ways.All(way => Same(way.Value, first)))
            return first;
        Block here = kernel.Ir.Block;
        var leaves = new Value[ways.Count][];
        for (int i = 0; i < leaves.Length; i++)
        {
            kernel.Ir.Block = ways[i].From;
            leaves[i] = kernel.Scalars(ways[i].Value);
        }
        var joined = new Value[leaves[0].Length];
        for (int i = 0; i < joined.Length; i++)
        {
            int leaf = i;
            joined[i] = OfScalars(kernel, here, ways, Array.ConvertAll(leaves, all => all[leaf]));
        }
        kernel.Ir.Block = here;
        if (first.IsStruct)
            return StackValue.OfStruct(joined);
        return joined is [{ Type.IsPointer: true }] ? StackValue.Pointer(joined[0], 0) : new StackValue(joined);
    }

    private static bool Same(StackValue a, StackValue b)
    {
        if (a.Offset != b.Offset || a.Leaves.Length != b.Leaves.Length || a.Known is not null)
            return false;
        for (int i = 0; i < a.Leaves.Length; i++)
        {
            if (!Same(a.Leaves[i], b.Leaves[i]))
                return false;
        }
        return true;
    }

    private static bool Same(Value a, Value b) =>
        ReferenceEquals(a, b) || (a is Constant x && b is Constant y && x.Type == y.Type && x.Bits == y.Bits);

    private static Value OfScalars(KernelBuilder kernel, Block here, IReadOnlyList<(Block From, StackValue Value)> ways, Value[] values)
    {
        if (values.All(value => Same(value, values[0])))
            return values[0];
        IrType type = Common(kernel, values);
        MemoryType memoryType = InMemory(type);
        Value slot = kernel.NewLocal(memoryType.Bytes);
        for (int i = 0; i < values.Length; i++)
        {
            kernel.Ir.Block = ways[i].From;
            kernel.Ir.Store(slot, Converted(kernel, values[i], type), memoryType, 0, memoryType.Bytes);
        }
        kernel.Ir.Block = here;
        return kernel.Ir.Load(slot, memoryType, 0, memoryType.Bytes);
    }

    /// <summary>A null on one way takes the state space of the pointer on the other.</summary>
    private static IrType Common(KernelBuilder kernel, Value[] values)
    {
        IrType type = values[0].Type;
        foreach (Value value in values)
        {
            if (value.Type == type || value is Constant { Bits: 0 })
                continue;
            if (type.IsPointer && value.Type.IsPointer && values[0] is not Constant { Bits: 0 })
                throw DiagnosticKinds.TwoStateSpaces.At(kernel.Location, Spaces.NameOf(type), Spaces.NameOf(value.Type));
            if (value.Type.IsPointer || value.Type.Bits > type.Bits)
                type = value.Type;
        }
        return type;
    }

    private static Value Converted(KernelBuilder kernel, Value value, IrType type)
    {
        if (value.Type == type)
            return value;
        if (value is Constant { Bits: 0 })
            return new Constant(type, 0);
        return (value.Type, type) switch
        {
            (IrType.I32, IrType.I64) => kernel.Ir.Emit(Opcode.SignExtend, type, value),
            (IrType.F32, IrType.F64) => kernel.Ir.Emit(Opcode.ConvertFloat, type, value),
            (IrType.I64, IrType.GlobalPtr) => kernel.Ir.Emit(Opcode.Bitcast, type, value),
            _ => throw DiagnosticKinds.Instruction.At(kernel.Location, $"a value that is {value.Type} on one way and {type} on another"),
        };
    }

    private static MemoryType InMemory(IrType type) => type switch
    {
        IrType.B16 => MemoryType.B16,
        IrType.I64 => MemoryType.I64,
        IrType.F32 => MemoryType.F32,
        IrType.F64 => MemoryType.F64,
        IrType.LocalPtr => MemoryType.LocalPtr,
        IrType.GlobalPtr => MemoryType.GlobalPtr,
        IrType.SharedPtr => MemoryType.SharedPtr,
        IrType.ConstPtr => MemoryType.ConstPtr,
        IrType.ThreadPtr => MemoryType.ThreadPtr,
        _ => MemoryType.I32,
    };
}
