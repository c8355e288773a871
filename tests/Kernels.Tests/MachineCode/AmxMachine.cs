using CogVideoX.Kernels.MachineCode;
using Iced.Intel;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>
/// Runs machine code for AMX without the processor: decodes what was assembled, and does what each instruction does by its maker's manual
/// ("Intel 64 and IA-32 Architectures Software Developer's Manual", volume 2). It knows only what our code is made of; anything else fails.
/// </summary>
internal sealed unsafe class AmxMachine
{
    private const ulong Base = 0x10000, ReturnAddress = 0xDEAD0000;

    private readonly ulong[] registers = new ulong[16];
    private readonly byte[][] tiles = new byte[8][];
    private readonly int[] rows = new int[8], rowBytes = new int[8];
    private byte[] bytes = [];
    private bool isZero, isConfigured;

    /// <summary>The instructions that ran.</summary>
    public int Executed { get; private set; }

    /// <summary>Calls the code with its one argument.</summary>
    public void Run(Assembler code, TileArguments* arguments)
    {
        var written = new MemoryStream();
        code.Assemble(new StreamCodeWriter(written), Base);
        bytes = written.ToArray();
        var stack = new ulong[64];
        fixed (ulong* top = stack)
        {
            this[Register.RSP] = (ulong)(top + 60);
            *(top + 60) = ReturnAddress;
            this[OperatingSystem.IsWindows() ? Register.RCX : Register.RDI] = (ulong)arguments;
            this[Register.RBX] = 0x1234;
            ulong next = Base;
            while (next != ReturnAddress)
                next = Step(next);
            Assert.Equal((ulong)(top + 61), this[Register.RSP]);
            Assert.Equal(0x1234ul, this[Register.RBX]);
            Assert.False(isConfigured, "The tiles weren't released.");
        }
    }

    private ulong this[Register register]
    {
        get => registers[register.GetFullRegister() - Register.RAX];
        set => registers[register.GetFullRegister() - Register.RAX] = value;
    }

    private ulong Step(ulong address)
    {
        int offset = (int)(address - Base);
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(bytes, offset, bytes.Length - offset), address);
        Instruction instruction = decoder.Decode();
        Executed++;
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Ret:
                return Pop();
            case Mnemonic.Jmp:
                return instruction.NearBranchTarget;
            case Mnemonic.Jne:
                return isZero ? instruction.NextIP : instruction.NearBranchTarget;
            case Mnemonic.Push:
                this[Register.RSP] -= 8;
                *(ulong*)this[Register.RSP] = this[instruction.Op0Register];
                break;
            case Mnemonic.Pop:
                this[instruction.Op0Register] = Pop();
                break;
            case Mnemonic.Mov:
                Write(instruction, Read(instruction, 1));
                break;
            case Mnemonic.Add:
                Write(instruction, Read(instruction, 0) + Read(instruction, 1));
                break;
            case Mnemonic.Sub:
                Write(instruction, Read(instruction, 0) - Read(instruction, 1));
                break;
            case Mnemonic.Dec:
                Write(instruction, Read(instruction, 0) - 1);
                isZero = Read(instruction, 0) == 0;
                break;
            case Mnemonic.Shr:
                Write(instruction, Read(instruction, 0) >> instruction.Immediate8);
                break;
            case Mnemonic.Cmp:
                isZero = Read(instruction, 0) == Read(instruction, 1);
                break;
            default:
                RunTiles(instruction);
                break;
        }
        return instruction.NextIP;
    }

    private void RunTiles(Instruction instruction)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Ldtilecfg:
                Configure(instruction);
                break;
            case Mnemonic.Tilerelease:
                isConfigured = false;
                break;
            case Mnemonic.Tilezero:
                Tile(instruction.Op0Register).AsSpan().Clear();
                break;
            case Mnemonic.Tileloadd:
                Move(instruction, instruction.Op0Register, isLoad: true);
                break;
            case Mnemonic.Tilestored:
                Move(instruction, instruction.Op1Register, isLoad: false);
                break;
            case Mnemonic.Tdpbf16ps:
                Multiply(Index(instruction.Op0Register), Index(instruction.Op1Register), Index(instruction.Op2Register));
                break;
            default:
                Assert.Fail($"{instruction} isn't known here.");
                break;
        }
    }

    private void Configure(Instruction instruction)
    {
        Assert.True(instruction.IsIPRelativeMemoryOperand);
        ReadOnlySpan<byte> config = bytes.AsSpan((int)(instruction.IPRelativeMemoryAddress - Base), 64);
        Assert.Equal(1, config[0]);
        isConfigured = true;
        for (int i = 0; i < 8; i++)
        {
            (rowBytes[i], rows[i]) = (config[16 + 2 * i] | config[17 + 2 * i] << 8, config[48 + i]);
            Assert.InRange(rowBytes[i], 1, 64);
            Assert.InRange(rows[i], 1, 16);
            tiles[i] = new byte[16 * 64];
        }
    }

    // Rows lie the index register's bytes apart.
    private void Move(Instruction instruction, Register register, bool isLoad)
    {
        byte[] tile = Tile(register);
        int index = Index(register);
        ulong first = this[instruction.MemoryBase] + instruction.MemoryDisplacement64, stride = this[instruction.MemoryIndex];
        Assert.Equal(1, instruction.MemoryIndexScale);
        for (int row = 0; row < rows[index]; row++)
        {
            var memory = new Span<byte>((void*)(first + (ulong)row * stride), rowBytes[index]);
            Span<byte> registers = tile.AsSpan(row * 64, rowBytes[index]);
            if (isLoad)
                memory.CopyTo(registers);
            else
                registers.CopyTo(memory);
        }
    }

    private void Multiply(int sum, int left, int right)
    {
        Assert.True(rows[sum] == rows[left] && rowBytes[sum] == rowBytes[right] && rowBytes[left] / 4 == rows[right]);
        for (int m = 0; m < rows[left]; m++)
        {
            var partial = new float[2 * (rowBytes[right] / 4)];
            for (int k = 0; k < rowBytes[left] / 4; k++)
            {
                for (int n = 0; n < rowBytes[right] / 4; n++)
                {
                    for (int half = 0; half < 2; half++)
                    {
                        float a = Half(left, m, 2 * k + half), b = Half(right, k, 2 * n + half);
                        partial[2 * n + half] = Flush(MathF.FusedMultiplyAdd(a, b, partial[2 * n + half]));
                    }
                }
            }
            for (int n = 0; n < rowBytes[right] / 4; n++)
            {
                Span<byte> place = tiles[sum].AsSpan(m * 64 + n * 4, 4);
                float added = Flush(Flush(BitConverter.ToSingle(place)) + Flush(partial[2 * n] + partial[2 * n + 1]));
                BitConverter.TryWriteBytes(place, added);
            }
        }
    }

    private float Half(int tile, int row, int element) =>
        Flush(BitConverter.UInt32BitsToSingle((uint)BitConverter.ToUInt16(tiles[tile], row * 64 + element * 2) << 16));

    private static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;

    private byte[] Tile(Register register)
    {
        Assert.True(isConfigured, "The tiles aren't configured.");
        return tiles[Index(register)];
    }

    private static int Index(Register register) => register - Register.TMM0;

    private ulong Read(Instruction instruction, int operand) => instruction.GetOpKind(operand) switch
    {
        OpKind.Register => this[instruction.GetOpRegister(operand)],
        OpKind.Memory => *(ulong*)(this[instruction.MemoryBase] + instruction.MemoryDisplacement64),
        _ => instruction.GetImmediate(operand),
    };

    private void Write(Instruction instruction, ulong value)
    {
        if (instruction.Op0Kind == OpKind.Memory)
            *(ulong*)(this[instruction.MemoryBase] + instruction.MemoryDisplacement64) = value;
        else
            this[instruction.Op0Register] = value;
    }

    private ulong Pop()
    {
        ulong value = *(ulong*)this[Register.RSP];
        this[Register.RSP] += 8;
        return value;
    }
}
