use super::*;
use memcpy_streaming::Backend;

/// Each way, and the streaming one by each backend: all that was written is read back from the file.
#[test]
fn what_is_written_is_read_back() {
    let pages = Pages::new(4 * writeback::BATCH - 1);
    let file = set_aside(&std::env::temp_dir(), pages.bytes()).unwrap();
    let direct = ask_for_direct(&file);
    if let Err(error) = &direct {
        println!("SKIPPED: no O_DIRECT here ({error}); through the page cache only");
    }
    assert_eq!(fcntl_getfl(&file).unwrap().contains(OFlags::DIRECT), direct.is_ok());
    for backend in Backend::available() {
        backend.make_active().unwrap();
        for way in [Way::PageCache, Way::Memcpy, Way::Streaming] {
            // Zeros, so that nothing of the way before is left.
            file.set_len(0).unwrap();
            file.set_len(pages.bytes()).unwrap();
            let mut writeback = Writeback::new(way).unwrap();
            // The page cache's way writes from where the pages happen to be, which O_DIRECT may refuse.
            if way != Way::PageCache || direct.is_err() {
                writeback.run(&file, &pages, || 0.0).unwrap();
                for (offset, batch) in pages.batches() {
                    writeback.verify(&file, offset, batch).unwrap();
                }
                let first = pages.batches().next().unwrap().1;
                assert!(writeback.verify(&file, 1 << 20, first).is_err());
            }
        }
        assert_eq!(Backend::active(), backend);
    }
}

#[test]
fn the_last_batch_is_looked_at_after_each_run() {
    let pages = Pages::new(2 * writeback::BATCH);
    let file = tempfile::tempfile().unwrap();
    let mut writeback = Writeback::new(Way::PageCache).unwrap();
    writeback.run(&file, &pages, || 0.0).unwrap();
    writeback.verify_end(&file, &pages).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"?", pages.bytes() - 1).unwrap();
    assert!(writeback.verify_end(&file, &pages).is_err());
}
