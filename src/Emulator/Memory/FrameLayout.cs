using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Where each local variable and call parameter stands in a thread's frame; a gap after each finds overruns.</summary>
internal sealed class FrameLayout
{
    private const int Start = 16;
    private const int Gap = 16;
    private const int MostBytes = 512 << 10;   // of a thread (CUDA programming guide, compute capabilities)

    private readonly List<(int Offset, PtxVariable Variable)> variables = [];
    private readonly Dictionary<PtxVariable, int> offsets = [];

    public int Size { get; private set; } = Start;

    public int Add(PtxVariable variable)
    {
        if (offsets.TryGetValue(variable, out int known)) return known;
        int align = Math.Max(variable.Align, 16);
        int offset = (Size + align - 1) & -align;
        if (offset + variable.Size > MostBytes) throw new PtxException(variable.Line, $"{variable.Name}: a thread has more than {MostBytes} bytes of local memory");
        variables.Add((offset, variable));
        offsets.Add(variable, offset);
        Size = offset + (int)variable.Size + Gap;
        return offset;
    }

    public PtxVariable? Find(ulong address, int bytes)
    {
        foreach ((int offset, PtxVariable variable) in variables)
            if (address >= (ulong)offset && address + (ulong)bytes <= (ulong)(offset + variable.Size)) return variable;
        return null;
    }
}
