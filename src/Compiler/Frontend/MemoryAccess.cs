using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Reads and writes C# values, scalar by scalar. Knows which state space each pointer in a thread's variables has.</summary>
internal sealed class MemoryAccess(KernelBuilder kernel)
{
    private readonly Dictionary<(Value Root, long Offset), IrType> spaces = [];
    private readonly Dictionary<Value, IrType> lastSpace = [];

    private IrBuilder Ir => kernel.Ir;

    public StackValue Load(Type type, StackValue address, bool isVolatile = false, int packing = int.MaxValue)
    {
        Layout layout = Layout.Of(type, kernel.Location);
        StackValue place = Dereferenceable(address);
        var values = new Value[layout.Leaves.Length];
        for (int i = 0; i < values.Length; i++)
        {
            Leaf leaf = layout.Leaves[i];
            MemoryType memoryType = leaf.IsPointer ? InMemory(SpaceAt(place, leaf)) : leaf.Type;
            values[i] = Ir.Load(
                place.Leaves[0], memoryType, place.Offset + leaf.Offset, Alignment(layout, leaf, place, packing), isVolatile);
        }
        return StackValue.Of(type, values);
    }

    public void Store(Type type, StackValue address, StackValue value, bool isVolatile = false, int packing = int.MaxValue)
    {
        Layout layout = Layout.Of(type, kernel.Location);
        StackValue place = Dereferenceable(address);
        Value[] leaves = kernel.Scalars(value);
        if (leaves.Length != layout.Leaves.Length)
            throw DiagnosticKinds.Instruction.At(kernel.Location, $"a value of another shape stored as {type}");
        for (int i = 0; i < leaves.Length; i++)
        {
            Leaf leaf = layout.Leaves[i];
            Value part = leaf.IsPointer ? PointerFor(place, leaf, leaves[i]) : NumberFor(leaf, leaves[i]);
            MemoryType memoryType = leaf.IsPointer ? InMemory(part.Type) : leaf.Type;
            Ir.Store(place.Leaves[0], part, memoryType, place.Offset + leaf.Offset, Alignment(layout, leaf, place, packing), isVolatile);
        }
    }

    /// <summary>Zeros; references stay unassigned.</summary>
    public void Clear(Type type, StackValue address)
    {
        Layout layout = Layout.Of(type, kernel.Location);
        StackValue place = Dereferenceable(address);
        foreach (Leaf leaf in layout.Leaves)
        {
            if (leaf.IsReference)
                continue;
            Value zero = new Constant(leaf.Type.Register, 0);
            if (leaf.IsPointer)
                zero = PointerFor(place, leaf, zero);
            Ir.Store(place.Leaves[0], zero, leaf.IsPointer ? InMemory(zero.Type) : leaf.Type, place.Offset + leaf.Offset,
                Alignment(layout, leaf, place, int.MaxValue));
        }
    }

    /// <summary>The zero of a type as a value.</summary>
    public StackValue Zero(Type type) =>
        StackValue.Of(type, Array.ConvertAll(Layout.Of(type, kernel.Location).Leaves, leaf => (Value)new Constant(leaf.Type.Register, 0)));

    /// <summary>A variable that holds the value, and its address.</summary>
    public StackValue Spill(Type type, StackValue value)
    {
        StackValue place = StackValue.Pointer(kernel.NewLocal(Layout.Of(type, kernel.Location).Size), 0);
        Store(type, place, value);
        return place;
    }

    /// <summary>pointer + bytes; a constant is kept aside until something needs the sum.</summary>
    public StackValue Offset(StackValue pointer, Value bytes)
    {
        if (bytes is Constant constant)
            return StackValue.Pointer(pointer.Leaves[0], pointer.Offset + constant.Signed);
        Value root = pointer.Leaves[0];
        if (root.Type == IrType.SharedPtr)
            bytes = Narrowing.To32(Ir, bytes);
        return StackValue.Pointer(Ir.Offset(root, bytes), pointer.Offset);
    }

    /// <summary>An address as a pointer: a bare integer is one to .global.</summary>
    public StackValue Dereferenceable(StackValue address)
    {
        if (address.Known is not null)
            throw kernel.Refuse(address.Known);
        if (address.IsPointer)
            return address;
        Value scalar = kernel.Scalar(address);
        if (scalar.Type == IrType.I32)
            scalar = Ir.Emit(Opcode.ZeroExtend, IrType.I64, scalar);
        if (scalar.Type != IrType.I64)
            throw DiagnosticKinds.Instruction.At(kernel.Location, $"a {scalar.Type} used as an address");
        return StackValue.Pointer(Ir.Emit(Opcode.Bitcast, IrType.GlobalPtr, scalar), 0);
    }

    private static MemoryType InMemory(IrType pointer) => pointer switch
    {
        IrType.LocalPtr => MemoryType.LocalPtr,
        IrType.SharedPtr => MemoryType.SharedPtr,
        IrType.ConstPtr => MemoryType.ConstPtr,
        IrType.ThreadPtr => MemoryType.ThreadPtr,
        _ => MemoryType.GlobalPtr,
    };

    private Value NumberFor(Leaf leaf, Value value)
    {
        if (value.Type.IsPointer)
            value = kernel.Number(new StackValue(value));
        if (leaf.Type.Register == IrType.I64 && value.Type == IrType.I32)
            return Ir.Emit(Opcode.ZeroExtend, IrType.I64, value);
        return value;
    }

    private Value PointerFor(StackValue place, Leaf leaf, Value value)
    {
        if (!value.Type.IsPointer)
            value = Dereferenceable(new StackValue(value)).Leaves[0];
        if (place.Leaves[0].Type != IrType.LocalPtr)
        {
            if (value.Type != IrType.GlobalPtr)
            {
                throw DiagnosticKinds.WrongStateSpace.At(
                    kernel.Location, "a pointer that is stored in memory", "global", Spaces.NameOf(value.Type));
            }
            return value;
        }
        (Value root, long offset, bool isKnown) = Resolve(place, leaf.Offset);
        if (isKnown)
        {
            if (spaces.TryGetValue((root, offset), out IrType before) && before != value.Type)
            {
                if (value is Constant { Bits: 0 })
                    return new Constant(before, 0);
                throw DiagnosticKinds.TwoStateSpaces.At(kernel.Location, Spaces.NameOf(before), Spaces.NameOf(value.Type));
            }
            if (value is not Constant { Bits: 0 })
                spaces[(root, offset)] = value.Type;
        }
        if (value is not Constant { Bits: 0 })
            lastSpace[root] = value.Type;
        return value;
    }

    private IrType SpaceAt(StackValue place, Leaf leaf)
    {
        if (place.Leaves[0].Type != IrType.LocalPtr)
            return IrType.GlobalPtr;
        (Value root, long offset, bool isKnown) = Resolve(place, leaf.Offset);
        if (isKnown && spaces.TryGetValue((root, offset), out IrType space))
            return space;
        if (!isKnown && lastSpace.TryGetValue(root, out space))
            return space;
        return leaf.IsReference ? throw DiagnosticKinds.UnassignedReference.At(kernel.Location) : IrType.GlobalPtr;
    }

    private static (Value Root, long Offset, bool IsKnown) Resolve(StackValue place, long offset)
    {
        Value root = place.Leaves[0];
        offset += place.Offset;
        bool isKnown = true;
        while (root.Definition is { Opcode: Opcode.Offset } step)
        {
            if (step.Operands[1] is Constant bytes)
                offset += bytes.Signed;
            else
                isKnown = false;
            root = step.Operands[0];
        }
        return (root, offset, isKnown);
    }

    private static int Alignment(Layout layout, Leaf leaf, StackValue place, int packing)
    {
        int natural = Divisor(Math.Min(layout.Alignment, packing), leaf.Offset);
        int known = place.Leaves[0].Definition switch
        {
            { Opcode: Opcode.VariableAddress, Variable: { } variable } => Divisor(variable.Alignment, place.Offset + leaf.Offset),
            { Opcode: Opcode.Local } => Divisor(16, place.Offset + leaf.Offset),
            _ => 1,
        };
        return Math.Max(natural, known);
    }

    private static int Divisor(int alignment, long offset) => offset == 0 ? alignment : (int)Math.Min(alignment, offset & -offset);
}
