using System.Buffers.Binary;
using CogVideoX.Emulator.Cases;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tests.Device;

/// <summary>Every case does on a device what it does in a launch of its own, the first time and after other launches.</summary>
public class CasesOnDeviceTests
{
    public static TheoryData<string> Names => PtxCaseTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void ACaseIsTheSameOnADevice(string name)
    {
        PtxCase one = PtxCase.Read(PtxCaseTests.PathOf(name));
        var options = new LaunchOptions { Seed = 5, MaxLaunchInstructions = 20_000_000 };
        LaunchReport alone = one.Run(options).Launch;
        SafeTensorsFile data = CaseData.Read(one.File);
        Dictionary<string, byte[]> buffers = CaseData.Buffers(data);

        using var device = new EmulatedDevice(new EmulatedDeviceOptions
        {
            Launch = options,
            Architecture = one.Module.Targets[0],
            KeepGoing = true,
            Count = true,
        });
        EmulatedModule module = device.Load(one.Module);
        Dictionary<string, ulong> addresses = buffers.ToDictionary(b => b.Key, b => device.Allocate(Math.Max(b.Value.Length, 1)));
        LaunchReport first = Launch(device, module.Kernel(one.File.Entry), one.File, buffers, addresses);
        Assert.Equal((alone.Fault?.Kind, alone.Fault?.Line, alone.Fault?.Block, alone.Fault?.Thread, alone.Fault?.Address),
            (first.Fault?.Kind, first.Fault?.Line, first.Fault?.Block, first.Fault?.Thread, first.Fault?.Address));
        Assert.Equal(alone.Counters.WarpInstructions, first.Counters.WarpInstructions);
        Assert.Equal(alone.Counters.ByClass, first.Counters.ByClass);
        Assert.Equal(alone.Counters.Lines, first.Counters.Lines);
        Assert.Equal(alone.Printed, first.Printed);

        LaunchReport second = Launch(device, device.Load(one.Module).Kernel(one.File.Entry), one.File, buffers, addresses);
        Assert.Equal(alone.Fault?.Kind, second.Fault?.Kind);
        if (alone.Fault is not null)
            return;
        foreach ((string buffer, ulong address) in addresses)
            device.CopyOut(address, buffers[buffer]);
        Assert.Null(CaseResults.Compare(one.File, data, buffers));
        LaunchReport third = Launch(device, module.Kernel(one.File.Entry), one.File, CaseData.Buffers(data), addresses);
        if (!one.Module.Variables.Exists(v => v.Space == StateSpace.Global))
            Assert.Null(third.Fault?.ToString());
    }

    private static LaunchReport Launch(
        EmulatedDevice device, EmulatedKernel kernel, CaseFile file, Dictionary<string, byte[]> buffers,
        Dictionary<string, ulong> addresses)
    {
        foreach ((string name, byte[] bytes) in buffers)
            device.CopyIn(bytes, addresses[name]);
        var parameters = new byte[kernel.ParameterBytes];
        foreach ((KernelParameter to, LaunchArgument argument) in kernel.Parameters.Zip(file.Arguments))
            Bytes(argument, addresses).CopyTo(parameters, to.Offset);
        return device.Launch(kernel, file.Grid, file.Block, file.DynamicSharedBytes, parameters, file.Cooperative);
    }

    private static byte[] Bytes(LaunchArgument argument, Dictionary<string, ulong> addresses)
    {
        switch (argument)
        {
            case LaunchArgument.Value value: return value.Bytes;
            case LaunchArgument.Map { Tensor: var map }: return EmulatedDevice.Encode(map, addresses[map.Buffer]);
            case LaunchArgument.Struct given:
                byte[] bytes = [.. given.Bytes];
                foreach (StructPointer pointer in given.Pointers)
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(pointer.Offset), addresses[pointer.Buffer]);
                return bytes;
            default: return BitConverter.GetBytes(addresses[((LaunchArgument.Buffer)argument).Name]);
        }
    }
}
