namespace CogVideoX.Emulator.Checking;

/// <summary>Who makes an access: an ordinary thread, the making of an mbarrier, or a kind of asynchronous work.</summary>
internal enum Actor
{
    Thread,
    Barrier,
    CopyAsync,
    BulkRead,
    BulkWrite,
    Wgmma,
    TensorLoad,
}
