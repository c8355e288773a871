using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>Memory that the threads of a block share.</summary>
public static class Shared
{
    /// <summary>A static array: one for each place where the C# calls this. Its contents are undefined until written.</summary>
    /// <param name="count">elements; constant once compiled</param>
    /// <param name="alignment">bytes that its address is a multiple of; constant</param>
    [DeviceIntrinsic(DeviceIntrinsic.SharedArray)]
    public static Shared<T> Array<T>(int count, int alignment = 16)
        where T : unmanaged => DeviceOnly.Called<Shared<T>>();

    /// <summary>The array whose size the launch gives. All calls return the same memory.</summary>
    [DeviceIntrinsic(DeviceIntrinsic.SharedDynamic)]
    public static Shared<T> Dynamic<T>()
        where T : unmanaged => DeviceOnly.Called<Shared<T>>();

    /// <summary>32-bit address of something in shared memory.</summary>
    [DeviceIntrinsic(DeviceIntrinsic.SharedAddress)]
    public static uint AddressOf<T>(ref T place)
        where T : unmanaged => DeviceOnly.Called<uint>();

    /// <summary>What lies at a 32-bit address in shared memory.</summary>
    [DeviceIntrinsic(DeviceIntrinsic.SharedReference)]
    public static ref T At<T>(uint address)
        where T : unmanaged => ref Unsafe.NullRef<T>();
}
