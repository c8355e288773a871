using System.Buffers.Binary;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Passes;

/// <summary>
/// Runs IR for one thread, on its own definition of every operation (nothing is shared with the compiler's folding). .global, .shared and
/// Locals are byte arrays; the only Ptx texts are %tid.x and <see cref="EffectText"/>, which notes its operands.
/// </summary>
internal sealed class Interpreter
{
    public const string EffectText = "effect {x};";

    private const long LocalBase = 0x10000, ConstBase = 0x20000, LocalBytes = 0x8000;

    private readonly Dictionary<Value, ulong> values = [];
    private readonly byte[] local = new byte[LocalBytes];
    private readonly Dictionary<Variable, long> constants = [];
    private readonly List<byte> table = [];
    private long localUsed;

    /// <summary>Kernel parameters by name: bits; pointers are offsets in <see cref="Global"/>.</summary>
    public Dictionary<string, ulong> Parameters { get; } = [];

    public byte[] Global { get; init; } = new byte[4096];

    public byte[] Shared { get; } = new byte[4096];

    public uint ThreadX { get; init; }

    /// <summary>What the effects saw, in order.</summary>
    public List<ulong> Effects { get; } = [];

    /// <summary>Instructions that ran.</summary>
    public int Steps { get; private set; }

    public void Run(Function function)
    {
        for (Block block = function.Entry; ;)
        {
            foreach (Instruction instruction in block.Instructions)
                Execute(instruction);
            Terminator end = block.Terminator!;
            if (end.Edges.Length == 0)
                return;
            Edge edge = end.Edges[Choose(end)];
            ulong[] arguments = [.. edge.Arguments.Select(Get)];
            for (int i = 0; i < arguments.Length; i++)
                values[edge.Target.Parameters[i]] = arguments[i];
            block = edge.Target;
            if (++Steps > 2_000_000)
                throw new InvalidOperationException("runs for ever");
        }
    }

    private int Choose(Terminator end)
    {
        if (end.Selector is null)
            return 0;
        ulong selector = Get(end.Selector);
        return end.Selector.Type == IrType.Pred ? (selector != 0 ? 0 : 1) : (int)Math.Min(selector, (ulong)end.Edges.Length - 1);
    }

    private ulong Get(Value value) => value is Constant constant ? constant.Bits : values[value];

    private void Execute(Instruction instruction)
    {
        Steps++;
        switch (instruction.Opcode)
        {
            case Opcode.Load:
                Load(instruction);
                return;
            case Opcode.Store:
                for (int i = 1; i < instruction.Operands.Length; i++)
                    Write(instruction, i - 1, Get(instruction.Operands[i]));
                return;
            case Opcode.Ptx when instruction.Ptx!.Text == EffectText:
                Effects.AddRange(instruction.Operands.Select(Get));
                return;
            default:
                values[instruction.Result] = Evaluate(instruction);
                return;
        }
    }

    private ulong Evaluate(Instruction instruction) => instruction.Opcode switch
    {
        Opcode.Ptx when instruction.Ptx!.Text == "mov.u32 {result}, %tid.x;" => ThreadX,
        Opcode.Parameter => Parameters[instruction.Parameter!.Name],
        Opcode.VariableAddress => AddressOf(instruction.Variable!),
        Opcode.Local => Allocate((int)Get(instruction.Operands[0])),
        _ => Arithmetic.Evaluate(instruction, Array.ConvertAll(instruction.Operands, Get)),
    };

    private ulong Allocate(int bytes)
    {
        long start = localUsed;
        localUsed += (bytes + 15) & ~15;
        return (ulong)(LocalBase + start);
    }

    private ulong AddressOf(Variable variable)
    {
        if (variable.Space == VariableSpace.Shared)
            return 0;
        if (!constants.TryGetValue(variable, out long start))
        {
            constants.Add(variable, start = table.Count);
            table.AddRange(variable.Initial!);
        }
        return (ulong)(ConstBase + start);
    }

    private Span<byte> Memory(Instruction access, int index)
    {
        Value pointer = access.Operands[0];
        long address = (long)Get(pointer) + access.ByteOffset;
        if (address % access.Alignment != 0)
            throw new InvalidOperationException($"{address} isn't a multiple of {access.Alignment}");
        int bytes = access.MemoryType.Bytes;
        address += index * bytes;
        return pointer.Type switch
        {
            IrType.GlobalPtr => Global.AsSpan((int)address, bytes),
            IrType.SharedPtr => Shared.AsSpan((int)(uint)address, bytes),
            IrType.LocalPtr => local.AsSpan((int)(address - LocalBase), bytes),
            _ => table.ToArray().AsSpan((int)(address - ConstBase), bytes),
        };
    }

    private void Load(Instruction load)
    {
        for (int i = 0; i < load.Results.Length; i++)
        {
            Span<byte> bytes = Memory(load, i);
            values[load.Results[i]] = load.MemoryType switch
            {
                MemoryType.U8 => bytes[0],
                MemoryType.S8 => (uint)(sbyte)bytes[0],
                MemoryType.U16 or MemoryType.B16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                MemoryType.S16 => (uint)BinaryPrimitives.ReadInt16LittleEndian(bytes),
                _ => bytes.Length == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            };
        }
    }

    private void Write(Instruction store, int index, ulong value)
    {
        Span<byte> bytes = Memory(store, index);
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(value >> (8 * i));
    }
}
