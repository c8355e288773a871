using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Work that is recorded on the emulator and replayed.</summary>
public sealed unsafe class RecordingTests
{
    private const int Rows = 3, Width = 40;

    // x → 2·x + 1, behind it, in another part, its square root of squares; each replay with other numbers.
    [Fact]
    public void AReplayGivesWhatThePlainWorkGives()
    {
        using var ops = new Ops(GpuDevices.OpenEmulator());
        using MemoryScope scope = ops.Scope();
        Tensor x = ops.Empty([Rows, Width]), y = ops.Empty([Rows, Width]), middle = default;
        float[] numbers = Numbers(0);
        ops.Overwrite(x, numbers);
        First();
        Second();
        float[] plain = y.ToFloats();
        using var work = new RecordedWork(ops, First, Second);
        Assert.Equal(1024 + 4 * 512, work.Bytes); // all five tensors of the first part live at once; each begins at a multiple of 256
        Tensor block = ops.EmptyBytes(work.Bytes);
        int tensors = ops.Memory.LiveCount;
        work.Record(block);
        Assert.Equal(tensors, ops.Memory.LiveCount);
        Assert.Equal((work.Launches, 2), (work.LaunchesOf(0) + work.LaunchesOf(1), work.LaunchesOf(1)));
        for (int i = 0; i < 3; i++)
        {
            ops.Overwrite(x, Numbers(i));
            work.Replay(0);
            work.Replay(1);
            float[] replayed = y.ToFloats();
            Assert.Equal(i == 0, replayed.AsSpan().SequenceEqual(plain));
            First();
            Second();
            Assert.Equal(y.ToFloats(), replayed);
        }

        void First()
        {
            using MemoryScope inner = ops.Scope();
            Tensor wide = ops.Concat(x, x, 1);
            middle = inner.Keep(ops.Add(ops.Scale(ops.Slice(wide, 1, 0, Width), 2), ops.Slice(wide, 1, Width, Width)));
        }

        void Second()
        {
            using MemoryScope inner = ops.Scope();
            ops.CopyInto(ops.Silu(middle), y, 0, 0);
            ops.Memory.Release(middle);
        }
    }

    [Fact]
    public void WhatCantBeRecordedIsRefusedByName()
    {
        using Device device = GpuDevices.OpenEmulator();
        nint address = device.Allocate(64);
        Mark mark = device.Mark();
        long number = 0;
        long* host = &number;
        Refused("a request for 64 bytes", () => device.Allocate(64));
        Refused("memory that is given back", () => device.Free(address));
        Refused("a copy from the host", () => device.CopyIn(host, address, 8));
        Refused("a copy to the host", () => device.CopyOut(address, host, 8));
        Refused("a mark", () => device.Mark());
        Refused("waiting", () => device.Wait(mark));
        Refused("a mark", device.Synchronise);
        Refused("another recording", () => device.Record(() => { }));
        Refused("a kernel's first launch", () => device.Run(
            new Cast(new Elements((void*)address, ElementFormat.F32), new Elements((void*)address, ElementFormat.BF16), 8), 0));
        device.CopyIn(host, address, 8); // it goes on as before

        void Refused(string said, Action act)
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => device.Record(act));
            Assert.StartsWith(said, thrown.Message, StringComparison.Ordinal);
            Assert.Contains("can't be recorded", thrown.Message, StringComparison.Ordinal);
        }
    }

    // It is found in the rehearsal, before the device is asked for anything.
    [Fact]
    public void WorkThatCantBeRecordedIsFoundInItsRehearsal()
    {
        using var ops = new Ops(GpuDevices.OpenEmulator());
        using MemoryScope scope = ops.Scope();
        Tensor x = ops.FromHost(Numbers(1), [Rows, Width]);
        Refused("a copy from the host", () => ops.FromHost([1f], [1]));
        Refused("a copy to the host", () => ops.AllFinite(x));
        Refused("a mark", ops.KeepPace);
        Refused("lasts", () => ops.Memory.Lasting([4], DType.F32));
        Refused("leaves 1 tensors behind", () =>
        {
            using MemoryScope inner = ops.Scope();
            scope.Adopt(ops.Silu(x));
        });
        Refused("within work", () => new RecordedWork(ops, () => { }));
        Assert.True(ops.AllFinite(x));

        void Refused(string said, Action act)
        {
            string message = Assert.Throws<InvalidOperationException>(() => new RecordedWork(ops, act)).Message;
            Assert.Contains(said, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ADeviceThatDoesntRecordSaysSo()
    {
        using Device cpu = new CpuDevice(1), simulator = GpuDevices.OpenSimulator();
        foreach (Device device in (Device[])[cpu, simulator])
        {
            Assert.False(device.Records);
            string message = Assert.Throws<NotSupportedException>(() => device.Record(() => { })).Message;
            Assert.Contains(device.Name, message, StringComparison.Ordinal);
        }
    }

    private static float[] Numbers(int seed) => [.. Enumerable.Range(0, Rows * Width).Select(i => MathF.Sin(i + 10 * seed))];
}
