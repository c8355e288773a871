using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>
/// Where a kernel's shared variables stand; gaps after each find overruns and don't count towards the size. Arrays without a size are one
/// and the same memory (PTX ISA 5.1.7), aligned as the strictest of them asks for.
/// </summary>
internal sealed class SharedLayout(int dynamicBytes, int largestDynamicAlign = 1)
{
    private const uint Gap = 64;

    private readonly List<(uint Address, PtxVariable Variable, long Size)> variables = [];
    private readonly Dictionary<PtxVariable, uint> addresses = [];
    private long fixedBytes;
    private int dynamicAlign = 1;
    private uint end = AddressMap.SharedBase;

    /// <summary>Bytes that the device would set aside: what the launch asks for counts whether or not the kernel names it.</summary>
    public long Used => Aligned(fixedBytes, dynamicAlign) + dynamicBytes;

    public IReadOnlyList<(uint Address, PtxVariable Variable, long Size)> Variables => variables;

    public uint Add(PtxVariable variable)
    {
        if (addresses.TryGetValue(variable, out uint known))
            return known;
        if (variable.IsDynamic && variables.Find(v => v.Variable.IsDynamic) is { Variable: not null } other)
        {
            addresses.Add(variable, other.Address);
            dynamicAlign = Math.Max(dynamicAlign, variable.Align);
            return other.Address;
        }
        long size = variable.IsDynamic ? dynamicBytes : variable.Size;
        uint address = (uint)AddressMap.Place(end, variable.IsDynamic ? Math.Max(variable.Align, largestDynamicAlign) : variable.Align);
        if (address + size + Gap > 1 << AddressMap.RankShift)
            throw new PtxException(variable.Line, $"{variable.Name} doesn't fit shared memory") { IsLimit = true };
        variables.Add((address, variable, size));
        addresses.Add(variable, address);
        if (variable.IsDynamic)
            dynamicAlign = Math.Max(dynamicAlign, variable.Align);
        else
            fixedBytes = Aligned(fixedBytes, Math.Max(variable.Align, 1)) + size;
        end = address + (uint)size + Gap;
        return address;
    }

    private static long Aligned(long bytes, int align) => (bytes + align - 1) & -align;

    public uint? Find(PtxVariable variable) => addresses.TryGetValue(variable, out uint address) ? address : null;
}
