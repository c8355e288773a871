using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// Writes the machine code of a <see cref="TileForm"/>. What it computes is <see cref="TileDefinition"/>. In a step the vectors of the
/// right factor are loaded, then a number of each row of the left one is put into all lanes of a register (as an operand in memory it would
/// cost a load for every product), and multiplied with them. Registers: the sums first, row by row; then the right factor; the rest, in
/// turn, for the left.
/// </summary>
internal sealed class TileCode
{
    private const int Unrolled = 4;               // steps in the longer loop: more gains nothing, and none is as fast
    private const int FirstSaved = 6, SavedByWindows = 10; // xmm6 to xmm15 are the caller's there
    private const uint FlushSubnormals = 0x8040;  // FTZ and DAZ of MXCSR

    private readonly TileForm form;
    private readonly VectorAssembler vectors;
    private readonly Assembler code;
    private readonly bool widens, flushes, inBlocks;
    private int turn;

    private TileCode(TileForm form)
    {
        this.form = form;
        vectors = new VectorAssembler(form.VectorBytes);
        code = vectors.Code;
        inBlocks = form.Arithmetic == TileArithmetic.AmxWidened;
        flushes = inBlocks || form.Arithmetic == TileArithmetic.Bf16Widened;
        widens = flushes || form.Arithmetic == TileArithmetic.Fp32ByPairs;
    }

    // The registers: rbx has the arguments, rax the left factor, rdx the right, r8 the result, r9 and rcx count steps, r10 segments, and
    // r11 walks through their list. All but rbx may be changed by the conventions of both Unix and Windows.
    internal static AssemblerRegister64 First => OperatingSystem.IsWindows() ? rcx : rdi;

    private int Sums => form.Rows * form.Vectors;

    // With sums of a block's even products behind them, and of its odd ones.
    private int Right => inBlocks ? 3 * Sums : Sums;

    private int Left => Right + form.Vectors;

    private int Mask => form.Registers - 1;

    private int LeftRegisters => Math.Min(8, form.Registers - Left - (widens ? 1 : 0));

    /// <summary>Whether there are registers for a form; not of AMX's.</summary>
    public static bool Fits(TileForm form) => form.Rows >= 1 && form.Vectors >= 1 && new TileCode(form).LeftRegisters >= 1;

    /// <summary>The code of a form, not yet placed.</summary>
    /// <exception cref="ArgumentException">The tile takes more registers than there are.</exception>
    public static Assembler Write(TileForm form)
    {
        if (form.Arithmetic == TileArithmetic.Amx)
            return AmxTileCode.Write(form);
        if (!Fits(form))
        {
            throw new ArgumentException(
                $"A tile of {form.Rows} × {form.Vectors} vectors takes more than {form.Registers} registers.", nameof(form));
        }
        var writer = new TileCode(form);
        writer.Write();
        return writer.code;
    }

    private void Write()
    {
        Begin();
        code.mov(rdx, Argument(nameof(TileArguments.Right)));
        code.mov(r8, Argument(nameof(TileArguments.Result)));
        WriteStart();
        if (form.Segmented)
        {
            WriteSegments();
        }
        else
        {
            code.mov(rax, Argument(nameof(TileArguments.Left)));
            WriteDepth();
        }
        ForResult(vectors.Store);
        End();
    }

    private void WriteStart()
    {
        Label goOn = code.CreateLabel(), started = code.CreateLabel();
        code.cmp(Argument(nameof(TileArguments.Accumulate)), 0);
        code.jne(goOn);
        for (int i = 0; i < Sums; i++)
            vectors.Zero(i);
        code.jmp(started);
        code.Label(ref goOn);
        ForResult((place, register) => vectors.Load(register, place));
        code.Label(ref started);
        code.nop(); // a label needs an instruction of its own
    }

    private void WriteSegments()
    {
        Label next = code.CreateLabel();
        code.mov(r10, Argument(nameof(TileArguments.Segments)));
        code.mov(r11, Argument(nameof(TileArguments.Offsets)));
        code.Label(ref next);
        code.mov(rax, Argument(nameof(TileArguments.Left)));
        code.add(rax, __qword_ptr[r11]);
        code.add(r11, 8);
        WriteDepth();
        code.dec(r10);
        code.jnz(next);
    }

    private void WriteDepth()
    {
        if (inBlocks)
            WriteBlocks();
        else
            WriteSteps();
    }

    private void WriteBlocks()
    {
        Label block = code.CreateLabel(), many = code.CreateLabel();
        code.mov(r9, Argument(nameof(TileArguments.Steps)));
        code.shr(r9, 4); // of TileForm.AmxSteps
        code.Label(ref block);
        for (int i = Sums; i < 3 * Sums; i++)
            vectors.Zero(i);
        code.mov(ecx, TileForm.AmxSteps / Unrolled);
        code.Label(ref many);
        WriteTurn(Unrolled);
        code.dec(ecx);
        code.jnz(many);
        for (int i = 0; i < Sums; i++)
        {
            vectors.Add(Sums + i, 2 * Sums + i);
            vectors.Add(i, Sums + i);
        }
        code.dec(r9);
        code.jnz(block);
    }

    private void WriteSteps()
    {
        Label many = code.CreateLabel(), few = code.CreateLabel(), one = code.CreateLabel(), done = code.CreateLabel();
        code.mov(r9, Argument(nameof(TileArguments.Steps)));
        code.mov(rcx, r9);
        code.shr(r9, 2);
        code.jz(few);
        code.Label(ref many);
        WriteTurn(Unrolled);
        code.dec(r9);
        code.jnz(many);
        code.Label(ref few);
        code.and(rcx, Unrolled - 1);
        code.jz(done);
        code.Label(ref one);
        WriteTurn(1);
        code.dec(rcx);
        code.jnz(one);
        code.Label(ref done);
        code.nop();
    }

    private void WriteTurn(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            switch (form.Arithmetic)
            {
                case TileArithmetic.Fp32ByPairs or TileArithmetic.AmxWidened:
                    WriteEven(step, first: inBlocks ? Sums : 0);
                    WriteOdd(step, first: inBlocks ? 2 * Sums : 0);
                    break;
                case TileArithmetic.Bf16Widened:
                    WriteOdd(step, first: 0); // as the instruction for pairs has it
                    WriteEven(step, first: 0);
                    break;
                default:
                    WriteProducts(step, 0, 0, vectors.Load);
                    break;
            }
        }
        code.add(rax, steps * form.StepBytes);
        code.add(rdx, steps * form.Vectors * form.VectorBytes);
    }

    private void WriteEven(int step, int first) => WriteProducts(step, 0, first, vectors.ShiftLeft16);

    private void WriteOdd(int step, int first) =>
        WriteProducts(step, sizeof(float), first, (register, place) => vectors.And(register, Mask, place));

    // Into the sums from a register on.
    private void WriteProducts(int step, int within, int first, Action<int, AssemblerMemoryOperand> load)
    {
        for (int vector = 0; vector < form.Vectors; vector++)
            load(Right + vector, __[rdx + (step * form.Vectors + vector) * form.VectorBytes]);
        for (int row = 0; row < form.Rows; row++)
        {
            int left = Left + turn++ % LeftRegisters;
            vectors.Broadcast(left, __[rax + (row * form.RowBytes + step * form.StepBytes + within)]);
            for (int vector = 0; vector < form.Vectors; vector++)
            {
                if (form.Arithmetic == TileArithmetic.Bf16)
                    vectors.DotPairs(first + row * form.Vectors + vector, Right + vector, left);
                else
                    vectors.MultiplyAdd(first + row * form.Vectors + vector, Right + vector, left);
            }
        }
    }

    private void ForResult(Action<AssemblerMemoryOperand, int> act)
    {
        for (int row = 0; row < form.Rows; row++)
        {
            for (int vector = 0; vector < form.Vectors; vector++)
                act(__[r8 + (row * form.ResultBytes + vector * form.VectorBytes)], row * form.Vectors + vector);
        }
    }

    private void Begin()
    {
        code.push(rbx);
        code.mov(rbx, First);
        code.sub(rsp, FrameBytes);
        for (int i = 0; i < SavedByWindows && OperatingSystem.IsWindows(); i++)
            vectors.Save(__[rsp + (16 + 16 * i)], FirstSaved + i);
        if (flushes)
        {
            code.stmxcsr(__dword_ptr[rsp]);
            code.mov(eax, __dword_ptr[rsp]);
            code.or(eax, FlushSubnormals);
            code.mov(__dword_ptr[rsp + 4], eax);
            code.ldmxcsr(__dword_ptr[rsp + 4]);
        }
        if (widens)
        {
            code.mov(eax, 0xFFFF0000);
            vectors.Broadcast(Mask, eax);
        }
    }

    private void End()
    {
        if (flushes)
            code.ldmxcsr(__dword_ptr[rsp]);
        code.vzeroupper();
        for (int i = 0; i < SavedByWindows && OperatingSystem.IsWindows(); i++)
            vectors.Restore(FirstSaved + i, __[rsp + (16 + 16 * i)]);
        code.add(rsp, FrameBytes);
        code.pop(rbx);
        code.ret();
    }

    private static int FrameBytes => OperatingSystem.IsWindows() ? 16 + 16 * SavedByWindows : 16;

    /// <summary>A field of the arguments, which rbx points to.</summary>
    internal static AssemblerMemoryOperand Argument(string field) =>
        __qword_ptr[rbx + (int)Marshal.OffsetOf<TileArguments>(field)];
}
