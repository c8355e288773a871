using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>
/// Read-modify-write in one go in global or shared memory. Relaxed and for the whole device unless said otherwise; an order and a scope are
/// constants of the call.
/// </summary>
public static class Atomic
{
    private const string NoFloatExtremes = "PTX has no atomic minimum or maximum of floats. "
        + "The bits of floats that are at least 0, as int, have the same order; for others loop over CompareExchange";

    private const string NoNarrow = "PTX has no such atomic of 8 or 16 bits. Use a type of 32 or 64 bits, or loop over CompareExchange "
        + "(which takes 16 bits)";

    private const string NoFloatBits = "Bits of other types: take the place as uint or ulong by Unsafe.As";

    /// <summary>
    /// Adds, and returns what was there. Half and pairs of Half, from sm_90 on BFloat16 and pairs of it, round to nearest and keep
    /// subnormal numbers.
    /// </summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), typeof(float), typeof(double), typeof(Half),
        typeof(BFloat16), typeof(Half2), typeof(BFloat16x2), Instead = NoNarrow)]
    public static T Add<T>(ref T location, T value, MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged
    {
        if (typeof(T) == typeof(long) || typeof(T) == typeof(nint)) // PTX adds 64 bits as unsigned ones, which is the same
        {
            ulong before = AddNumber(ref Unsafe.As<T, ulong>(ref location), Unsafe.BitCast<T, ulong>(value), order, scope);
            return Unsafe.BitCast<ulong, T>(before);
        }
        if (typeof(T) == typeof(Half) || typeof(T) == typeof(Half2))
            return AddHalf(ref location, value, order, scope);
        if (typeof(T) == typeof(BFloat16) || typeof(T) == typeof(BFloat16x2))
            return AddBFloat16(ref location, value, order, scope);
        return AddNumber(ref location, value, order, scope);
    }

    /// <summary>Adds without asking what was there (red).</summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), typeof(float), typeof(double), typeof(Half),
        typeof(BFloat16), typeof(Half2), typeof(BFloat16x2), Instead = NoNarrow)]
    public static void Accumulate<T>(
        ref T location, T value, MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged
    {
        if (order is MemoryOrder.Acquire or MemoryOrder.AcquireRelease) // red can't acquire
            Add(ref location, value, order, scope);
        else if (typeof(T) == typeof(long) || typeof(T) == typeof(nint))
            ReduceNumber(ref Unsafe.As<T, ulong>(ref location), Unsafe.BitCast<T, ulong>(value), order, scope);
        else if (typeof(T) == typeof(Half) || typeof(T) == typeof(Half2))
            ReduceHalf(ref location, value, order, scope);
        else if (typeof(T) == typeof(BFloat16) || typeof(T) == typeof(BFloat16x2))
            ReduceBFloat16(ref location, value, order, scope);
        else
            ReduceNumber(ref location, value, order, scope);
    }

    /// <summary>The larger stays; returns what was there.</summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), Instead = NoFloatExtremes)]
    [Ptx("atom{order}{scope}.{location:space}.max.{T} {result}, [{location}], {value};")]
    public static T Max<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>The smaller stays; returns what was there.</summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), Instead = NoFloatExtremes)]
    [Ptx("atom{order}{scope}.{location:space}.min.{T} {result}, [{location}], {value};")]
    public static T Min<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>The bits that both have stay; returns what was there.</summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), Instead = NoFloatBits)]
    [Ptx("atom{order}{scope}.{location:space}.and.{T:b} {result}, [{location}], {value};")]
    public static T And<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>The bits that either has stay; returns what was there.</summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), Instead = NoFloatBits)]
    [Ptx("atom{order}{scope}.{location:space}.or.{T:b} {result}, [{location}], {value};")]
    public static T Or<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>The bits that just one has stay; returns what was there.</summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), Instead = NoFloatBits)]
    [Ptx("atom{order}{scope}.{location:space}.xor.{T:b} {result}, [{location}], {value};")]
    public static T Xor<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>Counts up, and from <paramref name="last"/> (or beyond) to 0; returns what was there.</summary>
    [Ptx("atom{order}{scope}.{location:space}.inc.u32 {result}, [{location}], {last};")]
    public static uint Increment(
        [Address(AddressSpaces.GlobalOrShared)] ref uint location, uint last,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device) => DeviceOnly.Called<uint>();

    /// <summary>Counts down, and from 0 (or from beyond it) to <paramref name="last"/>; returns what was there.</summary>
    [Ptx("atom{order}{scope}.{location:space}.dec.u32 {result}, [{location}], {last};")]
    public static uint Decrement(
        [Address(AddressSpaces.GlobalOrShared)] ref uint location, uint last,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device) => DeviceOnly.Called<uint>();

    /// <summary>Writes, and returns what was there.</summary>
    [Types(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint), typeof(float), typeof(double),
        typeof(Half2), typeof(BFloat16x2), Instead = NoNarrow)]
    [Ptx("atom{order}{scope}.{location:space}.exch.{T:b} {result}, [{location}], {value};")]
    public static T Exchange<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>Writes if what is there has the bits of the comparand; returns what was there.</summary>
    [Types(typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint),
        typeof(float), typeof(double), typeof(Half), typeof(BFloat16), typeof(Half2), typeof(BFloat16x2),
        Instead = "PTX compares 16, 32 or 64 bits")]
    [Ptx("atom{order}{scope}.{location:space}.cas.{T:b} {result}, [{location}], {comparand}, {value};")]
    public static T CompareExchange<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value, T comparand,
        MemoryOrder order = MemoryOrder.Relaxed, MemoryScope scope = MemoryScope.Device)
        where T : unmanaged => DeviceOnly.Called<T>();

    [Ptx("atom{order}{scope}.{location:space}.add.{T} {result}, [{location}], {value};")]
    private static T AddNumber<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value, MemoryOrder order, MemoryScope scope)
        where T : unmanaged => DeviceOnly.Called<T>();

    [Ptx("atom{order}{scope}.{location:space}.add.noftz.{T} {result}, [{location}], {value};")]
    private static T AddHalf<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value, MemoryOrder order, MemoryScope scope)
        where T : unmanaged => DeviceOnly.Called<T>();

    [Ptx("atom{order}{scope}.{location:space}.add.noftz.{T} {result}, [{location}], {value};", Architecture = 90, IsaVersion = 78)]
    private static T AddBFloat16<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value, MemoryOrder order, MemoryScope scope)
        where T : unmanaged => DeviceOnly.Called<T>();

    [Ptx("red{order}{scope}.{location:space}.add.{T} [{location}], {value};")]
    private static void ReduceNumber<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value, MemoryOrder order, MemoryScope scope)
        where T : unmanaged => DeviceOnly.Called();

    [Ptx("red{order}{scope}.{location:space}.add.noftz.{T} [{location}], {value};")]
    private static void ReduceHalf<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value, MemoryOrder order, MemoryScope scope)
        where T : unmanaged => DeviceOnly.Called();

    [Ptx("red{order}{scope}.{location:space}.add.noftz.{T} [{location}], {value};", Architecture = 90, IsaVersion = 78)]
    private static void ReduceBFloat16<T>(
        [Address(AddressSpaces.GlobalOrShared)] ref T location, T value, MemoryOrder order, MemoryScope scope)
        where T : unmanaged => DeviceOnly.Called();
}
