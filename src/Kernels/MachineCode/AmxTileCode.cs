using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// Writes the machine code of a <see cref="TileForm"/> for AMX: up to 32 rows and 32 columns of a result are four tiles of registers, which
/// two tiles of either factor, 16 rows of 16 pairs, are multiplied into. Packed weights are as <c>vdpbf16ps</c> has them.
/// </summary>
internal sealed class AmxTileCode
{
    /// <summary>Rows of a result.</summary>
    public const int MostRows = 2 * TileRows;

    private const int TileRows = 16, TileBytes = 64; // of a row
    private const int Config = 64;                   // what configures the tiles, in bytes

    private readonly TileForm form;
    private readonly Assembler code = new(64);

    private AmxTileCode(TileForm form) => this.form = form;

    // rax, rdx and r8 are as in TileCode; rcx, r10 and r11 are the distances of rows of the result, the left factor and the right;
    // r9 counts blocks. Segments are counted in rsi's place on the stack, so that nothing of Windows' is changed.
    private bool HasLower => form.Rows > TileRows;

    private int UpperRows => Math.Min(form.Rows, TileRows);

    private int RightBytes => form.Vectors * TileBytes;

    /// <summary>The code of a form, not yet placed.</summary>
    /// <exception cref="ArgumentException">The result is larger than four tiles.</exception>
    public static Assembler Write(TileForm form)
    {
        if (form.Rows is < 1 or > MostRows || form.Vectors is < 1 or > 2 || form.VectorBytes != TileBytes)
            throw new ArgumentException($"{form.Rows} × {form.Vectors} vectors are more than four tiles of 16 × 16.", nameof(form));
        var writer = new AmxTileCode(form);
        writer.Write();
        return writer.code;
    }

    private void Write()
    {
        Label config = code.CreateLabel(), goOn = code.CreateLabel(), started = code.CreateLabel();
        code.push(rbx);
        code.mov(rbx, TileCode.First);
        code.sub(rsp, 16);
        code.ldtilecfg(__[config]);
        code.mov(rdx, TileCode.Argument(nameof(TileArguments.Right)));
        code.mov(r8, TileCode.Argument(nameof(TileArguments.Result)));
        code.mov(ecx, form.ResultBytes);
        code.mov(r10d, form.RowBytes);
        code.mov(r11d, RightBytes);
        code.cmp(TileCode.Argument(nameof(TileArguments.Accumulate)), 0);
        code.jne(goOn);
        ForResult((tile, _) => code.tilezero(tile));
        code.jmp(started);
        code.Label(ref goOn);
        ForResult((tile, place) => code.tileloadd(tile, place));
        code.Label(ref started);
        code.mov(rax, TileCode.Argument(nameof(TileArguments.Left)));
        if (form.Segmented)
            WriteSegments();
        else
            WriteBlocks();
        ForResult((tile, place) => code.tilestored(place, tile));
        code.tilerelease();
        code.add(rsp, 16);
        code.pop(rbx);
        code.ret();
        code.Label(ref config);
        code.db(Configuration());
    }

    private void WriteSegments()
    {
        Label next = code.CreateLabel();
        code.mov(r9, TileCode.Argument(nameof(TileArguments.Segments)));
        code.mov(__qword_ptr[rsp], r9);
        code.mov(r9, TileCode.Argument(nameof(TileArguments.Offsets)));
        code.mov(__qword_ptr[rsp + 8], r9);
        code.Label(ref next);
        code.mov(r9, __qword_ptr[rsp + 8]);
        code.mov(rax, TileCode.Argument(nameof(TileArguments.Left)));
        code.add(rax, __qword_ptr[r9]);
        code.add(__qword_ptr[rsp + 8], 8);
        WriteBlocks();
        code.dec(__qword_ptr[rsp]);
        code.jnz(next);
    }

    private void WriteBlocks()
    {
        Label block = code.CreateLabel();
        code.mov(r9, TileCode.Argument(nameof(TileArguments.Steps)));
        code.shr(r9, 4); // of TileForm.AmxSteps
        code.Label(ref block);
        for (int vector = 0; vector < form.Vectors; vector++)
            code.tileloadd(Right(vector), __[rdx + r11 * 1 + vector * TileBytes]);
        code.tileloadd(tmm4, __[rax + r10 * 1]);
        if (HasLower)
            code.tileloadd(tmm5, __[rax + r10 * 1 + TileRows * form.RowBytes]);
        for (int vector = 0; vector < form.Vectors; vector++)
        {
            code.tdpbf16ps(Sum(0, vector), tmm4, Right(vector));
            if (HasLower)
                code.tdpbf16ps(Sum(1, vector), tmm5, Right(vector));
        }
        code.add(rax, TileForm.AmxSteps * form.StepBytes);
        code.add(rdx, TileForm.AmxSteps * RightBytes);
        code.dec(r9);
        code.jnz(block);
    }

    private void ForResult(Action<AssemblerRegisterTMM, AssemblerMemoryOperand> act)
    {
        for (int lower = 0; lower < (HasLower ? 2 : 1); lower++)
        {
            for (int vector = 0; vector < form.Vectors; vector++)
                act(Sum(lower, vector), __[r8 + rcx * 1 + (lower * TileRows * form.ResultBytes + vector * TileBytes)]);
        }
    }

    // Palette 1, then the bytes of a row of each tile, and its rows.
    private byte[] Configuration()
    {
        var bytes = new byte[Config];
        bytes[0] = 1;
        for (int tile = 0; tile < 8; tile++)
        {
            bytes[16 + 2 * tile] = TileBytes;
            bool isLower = tile is 2 or 3 or 5;
            int rows = tile >= 6 ? TileRows : isLower ? form.Rows - TileRows : UpperRows;
            bytes[48 + tile] = (byte)Math.Max(1, rows);
        }
        return bytes;
    }

    private static AssemblerRegisterTMM Sum(int lower, int vector) => (lower, vector) switch
    {
        (0, 0) => tmm0,
        (0, 1) => tmm1,
        (1, 0) => tmm2,
        _ => tmm3,
    };

    private static AssemblerRegisterTMM Right(int vector) => vector == 0 ? tmm6 : tmm7;
}
