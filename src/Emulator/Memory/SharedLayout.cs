using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Where a kernel's shared variables stand; gaps after each find overruns and don't count towards the size.</summary>
internal sealed class SharedLayout
{
    private const uint Gap = 64;

    private readonly List<(uint Address, PtxVariable Variable, long Size)> variables = [];
    private readonly Dictionary<PtxVariable, uint> addresses = [];
    private uint end = AddressMap.SharedBase;

    /// <summary>Bytes that the device would set aside.</summary>
    public long Used { get; private set; }

    public IReadOnlyList<(uint Address, PtxVariable Variable, long Size)> Variables => variables;

    public uint Add(PtxVariable variable, long size)
    {
        if (addresses.TryGetValue(variable, out uint known)) return known;
        uint align = (uint)Math.Max(variable.Align, 16);
        uint address = (end + align - 1) & ~(align - 1);
        if (size < 0 || address + size + Gap > 1 << AddressMap.RankShift)
            throw new PtxException(variable.Line, $"{variable.Name} doesn't fit shared memory");
        variables.Add((address, variable, size));
        addresses.Add(variable, address);
        Used = ((Used + Math.Max(variable.Align, 1) - 1) & -Math.Max(variable.Align, 1)) + size;
        end = address + (uint)size + Gap;
        return address;
    }

    public uint? Find(PtxVariable variable) => addresses.TryGetValue(variable, out uint address) ? address : null;
}
