using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Where the portable kernels of an operation are launched: the stream of one accelerator of ILGPU. Its device gives it to
/// <see cref="Devices.IOperation.RunIlgpu"/>; launches are in order, and end later.
/// </summary>
public abstract unsafe class IlgpuQueue
{
    /// <summary>Memory that the running operation has beside its operands, as much as it asked for; 0 for none.</summary>
    internal nint Workspace { get; set; }

    /// <summary>How many groups run at the same time, about: what a kernel that shares work out aims at.</summary>
    internal abstract int Multiprocessors { get; }

    /// <summary>A part of the device's memory as kernels see it.</summary>
    /// <param name="address">Where it begins; null gives an empty view.</param>
    /// <param name="count">How many elements.</param>
    internal abstract ArrayView<T> View<T>(void* address, long count) where T : unmanaged;

    /// <summary>Launches a kernel, which is compiled for the accelerator when it is first used.</summary>
    /// <param name="kernel">A static method.</param>
    /// <param name="config">Groups, and threads of each.</param>
    /// <param name="arguments">Its only argument.</param>
    internal abstract void Launch<TArguments>(Action<TArguments> kernel, KernelConfig config, in TArguments arguments)
        where TArguments : struct;

    /// <summary>The numbers of an operand as kernels see them.</summary>
    /// <exception cref="NotSupportedException">They are stored otherwise.</exception>
    internal ArrayView<T> View<T>(Elements operand, long count) where T : unmanaged => operand.IsNull
        ? ArrayView<T>.Empty
        : View<T>(operand.Address, count);

    /// <summary>Launches one thread for each of <paramref name="count"/> items, in groups of <see cref="GroupThreads"/>.</summary>
    internal void LaunchEach<TArguments>(Action<TArguments> kernel, long count, in TArguments arguments) where TArguments : struct
    {
        if (count > 0)
            Launch(kernel, new KernelConfig(checked((int)((count + GroupThreads - 1) / GroupThreads)), GroupThreads), arguments);
    }

    /// <summary>Launches a group of <see cref="GroupThreads"/> for each row; the group's index is the row's.</summary>
    internal void LaunchRows<TArguments>(Action<TArguments> kernel, long rows, in TArguments arguments) where TArguments : struct
    {
        if (rows > 0)
            Launch(kernel, new KernelConfig(checked((int)rows), GroupThreads), arguments);
    }

    /// <summary>Threads of a group where a kernel has no reason for another number.</summary>
    internal const int GroupThreads = 128;

    /// <summary>In a kernel: the number of this thread among all.</summary>
    internal static long Index => (long)Grid.IdxX * Group.DimX + Group.IdxX;
}
