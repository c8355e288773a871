using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Where each local variable and call parameter stands in a thread's frame; a gap after each finds overruns.</summary>
internal sealed class FrameLayout
{
    private const int Start = 16;
    private const int Gap = 32;                // as wide as the widest access
    private const int MostForgotten = 4096;    // of a function at each call, for the time that more would take
    private const int MostBytes = 512 << 10;   // of a thread (CUDA programming guide, compute capabilities)

    private readonly List<(int Offset, PtxVariable Variable)> variables = [];
    private readonly Dictionary<PtxVariable, int> offsets = [];
    private ushort[] owners = [];

    public int Size { get; private set; } = Start;

    public int Add(PtxVariable variable)
    {
        if (offsets.TryGetValue(variable, out int known))
            return known;
        long offset = (long)AddressMap.Place((ulong)Size, variable.Align);
        if (offset + variable.Size > MostBytes)
            throw TooMuch(variable, $"{MostBytes} bytes of local memory");
        if (variables.Count == ushort.MaxValue)
            throw TooMuch(variable, $"{ushort.MaxValue} local variables");
        variables.Add(((int)offset, variable));
        offsets.Add(variable, (int)offset);
        Size = (int)(offset + variable.Size) + Gap;
        return (int)offset;
    }

    private static PtxException TooMuch(PtxVariable variable, string limit) =>
        new(variable.Line, $"{variable.Name}: a thread has more than {limit}") { IsLimit = true };

    public PtxVariable? Find(ulong address, int bytes)
    {
        foreach ((int offset, PtxVariable variable) in variables)
        {
            if (address >= (ulong)offset && address + (ulong)bytes <= (ulong)(offset + variable.Size))
                return variable;
        }
        return null;
    }

    /// <summary>Where some variables stand, as far as a call forgets them.</summary>
    public IReadOnlyList<FrameRange> Forgotten(IEnumerable<PtxVariable> some)
    {
        var ranges = new List<FrameRange>();
        int bytes = 0;
        foreach (PtxVariable variable in some)
        {
            if (!offsets.TryGetValue(variable, out int offset) || bytes + variable.Size > MostForgotten)
                continue;
            bytes += (int)variable.Size;
            ranges.Add(new FrameRange(offset, (int)variable.Size));
        }
        return ranges;
    }

    /// <summary>For each byte of a frame the number of its variable, from 1; 0 for none.</summary>
    public ushort[] Owners()
    {
        if (owners.Length == Size)
            return owners;
        owners = new ushort[Size];
        for (int i = 0; i < variables.Count; i++)
            owners.AsSpan(variables[i].Offset, (int)variables[i].Variable.Size).Fill((ushort)(i + 1));
        return owners;
    }
}
