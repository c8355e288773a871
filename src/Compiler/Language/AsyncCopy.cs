namespace CogVideoX.Compiler.Language;

/// <summary>cp.async: global to shared memory behind the thread's back, in groups.</summary>
public static class AsyncCopy
{
    /// <summary>Copies 16 bytes past the first-level cache; of these, the last 16 − <paramref name="bytes"/> become zeros
    /// instead.</summary>
    [Ptx("cp.async.cg.shared.global [{destination}], [{source}], 16, {bytes};")]
    public static void Sixteen<T>(
        [Address(AddressSpaces.Shared)] ref T destination, [Address(AddressSpaces.Global)] ref T source, int bytes = 16)
        where T : unmanaged => DeviceOnly.Called();

    /// <summary>Closes the group of copies that this thread has started.</summary>
    [Ptx("cp.async.commit_group;")]
    public static void Commit() => DeviceOnly.Called();

    /// <summary>Waits until at most <paramref name="pending"/> of this thread's newest groups are under way.</summary>
    [Ptx("cp.async.wait_group {pending};")]
    public static void WaitGroup([Immediate] int pending) => DeviceOnly.Called();

    /// <summary>Waits for all copies of this thread.</summary>
    [Ptx("cp.async.wait_all;")]
    public static void WaitAll() => DeviceOnly.Called();
}
